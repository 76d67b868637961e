// SPDX-License-Identifier: MIT
// A function as Lambda knows it. A plain value.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace lambda_local {

struct function_settings {
    std::string directory;             // of the deployed files, as unpacked; bootstrap is in it
    std::vector<std::string> wrapper;  // before the bootstrap: a sandbox, taskset
    std::string seen_as;               // the directory's name inside the wrapper; empty: the same
    std::string handler;               // _HANDLER
    std::size_t concurrency = 1;  // execution environments at most; more invocations at once are throttled
    std::chrono::milliseconds timeout{3'000};
    std::chrono::milliseconds init_timeout{10'000};
    unsigned memory_mb = 1'769;  // told to the function; the CPU share that comes with it is the wrapper's
    std::map<std::string, std::string> variables;  // of the function's configuration
};

}  // namespace lambda_local

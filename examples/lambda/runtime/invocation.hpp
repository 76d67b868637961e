// SPDX-License-Identifier: MIT
// One event, as Lambda's Runtime API hands it over. A plain value.
#pragma once

#include <chrono>
#include <string>

namespace lambda {

struct invocation {
    std::string id;
    std::string payload;                             // JSON, by agreement; nobody has looked at it yet
    std::chrono::system_clock::time_point deadline;  // then Lambda kills the whole environment
    std::string function_arn;
    std::string trace_id;
    std::string problem;  // what is wrong with all this: it cannot be worked on; empty when nothing is
};

}  // namespace lambda

// SPDX-License-Identifier: MIT
// The environment variables that workers start with: {.environment = {.mode = environment_mode::clean, .set = {{"TZ",
// "UTC"}}}}. A plain value.
//
// Taken when the pool is made: what the program changes later reaches no worker, not even a replacement. A name that is
// empty or holds '=', or a NUL byte anywhere, is refused with std::invalid_argument.
//
// With clean nothing is kept, PATH and LD_LIBRARY_PATH included. A dynamically linked program that finds its libraries
// by LD_LIBRARY_PATH alone will not start as a worker then: allow that variable, or set it.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace penstock {

enum class environment_mode {
    inherit,    ///< all of this process's variables
    clean,      ///< none of them
    allow_list, ///< those that worker_environment::allow names
};

struct worker_environment {
    environment_mode mode = environment_mode::inherit;
    /// Names of variables, as they are; only with environment_mode::allow_list. One that is not set here is not an error.
    std::vector<std::string> allow = {};
    /// Added to what the mode leaves, and stronger than it.
    std::map<std::string, std::string> set = {};

    bool operator==(const worker_environment&) const = default;
};

} // namespace penstock

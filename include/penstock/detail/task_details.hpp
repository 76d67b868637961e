// SPDX-License-Identifier: MIT
// What a task of a thread pool has where its submit was given options; the others do not carry it along.
#pragma once

#include <penstock/pool_options.hpp>

#include <chrono>
#include <string>

namespace penstock::detail {

struct task_details {
    std::chrono::nanoseconds timeout; ///< 0 means the pool's
    std::string label;
};

/// Throws std::invalid_argument for options that a thread pool cannot honour.
task_details checked_details(task_options&& options);

} // namespace penstock::detail

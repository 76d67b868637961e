// SPDX-License-Identifier: MIT
// What a pool whose tasks run in this process refuses: options that only worker processes can honour. Pure functions.
#pragma once

#include <penstock/pool_options.hpp>

#include <string_view>

namespace penstock::pool {

/// Throws std::invalid_argument, naming the pool and the field, for one that is not at its default.
void refuse_process_options(const pool_options& options, std::string_view pool_name);
/// The same for a task's options, and for a negative timeout.
void refuse_process_options(const task_options& options, std::string_view pool_name);

} // namespace penstock::pool

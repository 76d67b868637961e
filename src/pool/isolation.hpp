// SPDX-License-Identifier: MIT
// pool_options.limits, .environment and .output, checked and put into the form in which workers get them. Pure functions
// but for reading the environment of this process; call them in the thread that makes the pool.
#pragma once

#include "wire/boot_message.hpp"

#include <penstock/pool_options.hpp>

#include <string>
#include <vector>

namespace penstock::pool {

/// Throws std::invalid_argument that names the field for values that mean nothing, and for those that another field makes
/// meaningless.
void check_isolation(const pool_options& options);

/// What workers start with, "NAME=value" each.
std::vector<std::string> make_environment(const worker_environment& wanted);

/// The part of the boot frame that is about limits and output.
void put_isolation(const pool_options& options, wire::boot_message& boot);

inline bool captures(const pool_options& options) noexcept { return options.output.mode == output_mode::capture; }

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// Words for the end of a worker. Any thread.
#pragma once

#include "os/exit_status.hpp"

#include <chrono>
#include <string>

namespace penstock::pool {

/// Such as "signal 9 (Killed)".
std::string describe_end(const os::exit_status& status);

/// What probably happened: `reason` where there is one; empty where nothing is known.
std::string hint_for(const os::exit_status& status, const std::string& reason);

/// Such as "1500 ms".
std::string readable(std::chrono::nanoseconds duration);

/// " 'label'", or nothing.
std::string with_label(const std::string& label);

} // namespace penstock::pool

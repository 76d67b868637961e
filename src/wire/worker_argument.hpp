// SPDX-License-Identifier: MIT
// The one argument of a process that a pool starts: one of these, followed by the pid of the pool's process in decimal.
// An argument, not an environment variable: that would be inherited by everything a task starts.
#pragma once

#include <string_view>

namespace penstock::wire {

inline constexpr std::string_view worker_argument = "--penstock-worker=";
inline constexpr std::string_view zygote_argument = "--penstock-zygote=";

} // namespace penstock::wire

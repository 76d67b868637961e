// SPDX-License-Identifier: MIT
// The one argument of a process that a pool starts: one of these, followed by the pid of the pool's process in decimal.
// An argument, not an environment variable: that would be inherited by everything a task starts.
#pragma once

#include <string_view>

namespace penstock::wire {

inline constexpr std::string_view worker_argument = "--penstock-worker=";
inline constexpr std::string_view zygote_argument = "--penstock-zygote=";

/// What penstock-worker calls in the library that it was told to load, with {the library's path, one of the above}.
inline constexpr const char* worker_entry = "penstock_worker_entry";
using worker_entry_function = void(int argc, char** argv);

} // namespace penstock::wire

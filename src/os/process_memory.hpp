// SPDX-License-Identifier: MIT
// How much memory a process holds. Any thread. Failure: 0 (it is gone, or there is no /proc).
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace penstock::os {

/// Resident bytes, from /proc/PID/statm.
std::uint64_t resident_bytes(pid_t pid) noexcept;

} // namespace penstock::os

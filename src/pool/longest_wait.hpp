// SPDX-License-Identifier: MIT
// What "for ever" comes to where it has to be added to a time: nanoseconds::max() is more than the clock can tell.
#pragma once

#include <chrono>

namespace penstock::pool {

inline constexpr std::chrono::nanoseconds longest_wait = std::chrono::hours(24 * 365);

} // namespace penstock::pool

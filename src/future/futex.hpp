// SPDX-License-Identifier: MIT
// Verbs on the kernel's futex: std::atomic::wait has no time limit, and libstdc++ 12's takes twice as long. Where there
// is no futex they are made of std::atomic::wait, and a wait with a limit looks every millisecond.
// Any thread may call them. A wait may end for no reason; the caller looks at the word again.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace penstock::detail {

/// Sleeps while `word` holds `expected`, until woken or until `limit`. False when the limit has passed.
bool futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                std::optional<std::chrono::steady_clock::time_point> limit) noexcept;
/// Sleeps while `word` holds `expected` and `shared`, which other processes may change and wake, holds `shared_expected`.
/// False where the kernel cannot (before Linux 5.16).
bool futex_wait_either(const std::atomic<std::uint32_t>& word, std::uint32_t expected, const std::uint32_t& shared,
                       std::uint32_t shared_expected) noexcept;
void futex_wake_one(const std::atomic<std::uint32_t>& word) noexcept;
void futex_wake_all(const std::atomic<std::uint32_t>& word) noexcept;

} // namespace penstock::detail

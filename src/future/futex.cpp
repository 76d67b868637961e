// SPDX-License-Identifier: MIT
#include "future/futex.hpp"

#if defined(__linux__) && !defined(PENSTOCK_WITHOUT_FUTEX)
#    include <linux/futex.h>
#    include <sys/syscall.h>
#    include <unistd.h>

#    include <cerrno>
#    include <climits>
#    include <ctime>
#else
#    include <thread>
#endif

namespace penstock::detail {

#if defined(__linux__) && !defined(PENSTOCK_WITHOUT_FUTEX)

bool futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                std::optional<std::chrono::steady_clock::time_point> limit) noexcept {
    timespec until{};
    if (limit) { // FUTEX_WAIT_BITSET takes an absolute CLOCK_MONOTONIC time, which is what steady_clock counts
        const auto since_start = limit->time_since_epoch().count();
        if (since_start <= 0) return false;
        until.tv_sec = static_cast<time_t>(since_start / 1'000'000'000);
        until.tv_nsec = static_cast<long>(since_start % 1'000'000'000);
    }
    const long result = syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, limit ? &until : nullptr,
                                nullptr, FUTEX_BITSET_MATCH_ANY);
    return result == 0 || errno != ETIMEDOUT;
}

bool futex_wait_either([[maybe_unused]] const std::atomic<std::uint32_t>& word, [[maybe_unused]] std::uint32_t expected,
                       [[maybe_unused]] const std::uint32_t& shared, [[maybe_unused]] std::uint32_t shared_expected) noexcept {
#ifdef SYS_futex_waitv
    constexpr std::uint32_t of_32_bits = 2;
    static std::atomic<bool> is_missing{false};
    if (is_missing.load(std::memory_order_relaxed)) return false;
    struct futex_waitv both[2] = {{expected, reinterpret_cast<std::uintptr_t>(&word), of_32_bits | FUTEX_PRIVATE_FLAG, 0},
                                  {shared_expected, reinterpret_cast<std::uintptr_t>(&shared), of_32_bits, 0}};
    const long result = syscall(SYS_futex_waitv, both, 2, 0, nullptr, 0);
    if (result >= 0 || errno == EAGAIN || errno == EINTR) return true;
    is_missing.store(true, std::memory_order_relaxed);
#endif
    return false;
}

void futex_wake_one(const std::atomic<std::uint32_t>& word) noexcept {
    syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

void futex_wake_all(const std::atomic<std::uint32_t>& word) noexcept {
    syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

#else

bool futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                std::optional<std::chrono::steady_clock::time_point> limit) noexcept {
    if (!limit) {
        word.wait(expected, std::memory_order_acquire);
        return true;
    }
    while (word.load(std::memory_order_acquire) == expected) {
        if (std::chrono::steady_clock::now() >= *limit) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

bool futex_wait_either(const std::atomic<std::uint32_t>&, std::uint32_t, const std::uint32_t&, std::uint32_t) noexcept {
    return false;
}

void futex_wake_one(const std::atomic<std::uint32_t>& word) noexcept {
    const_cast<std::atomic<std::uint32_t>&>(word).notify_one();
}

void futex_wake_all(const std::atomic<std::uint32_t>& word) noexcept {
    const_cast<std::atomic<std::uint32_t>&>(word).notify_all();
}

#endif

} // namespace penstock::detail

// SPDX-License-Identifier: MIT
// A snapshot of what a pool has done since it was made: a plain value.
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace penstock {

/// Counts durations by their power of two: buckets[k] holds those below 2^k microseconds that are not in an earlier one;
/// the last holds everything longer.
struct duration_histogram {
    static constexpr std::size_t bucket_count = 32;
    std::array<std::uint64_t, bucket_count> buckets{};

    static std::size_t bucket_of(std::chrono::nanoseconds duration) noexcept {
        const auto micros = duration.count() <= 0 ? 0u : static_cast<std::uint64_t>(duration.count() / 1000);
        const auto bucket = static_cast<std::size_t>(std::bit_width(micros));
        return bucket < bucket_count ? bucket : bucket_count - 1;
    }
    void add(std::chrono::nanoseconds duration) noexcept { ++buckets[bucket_of(duration)]; }
    std::uint64_t count() const noexcept {
        std::uint64_t sum = 0;
        for (const auto bucket : buckets) sum += bucket;
        return sum;
    }
};

struct pool_stats {
    std::size_t workers = 0; ///< ready now; of a thread pool those that have been started
    std::size_t queued = 0;  ///< submitted and not yet running
    std::size_t running = 0;
    std::uint64_t done = 0;      ///< ended with a value
    std::uint64_t failed = 0;    ///< ended with an exception, a lost worker, a broken pool, or a payload that did not cross
    std::uint64_t cancelled = 0; ///< by the future or by the end of the pool
    std::uint64_t timed_out = 0;
    std::uint64_t retried = 0;         ///< attempts beyond the first
    std::uint64_t respawns_died = 0;     ///< workers replaced because they died
    std::uint64_t respawns_recycled = 0; ///< workers replaced in order
    std::uint64_t bytes_sent = 0;        ///< encoded arguments
    std::uint64_t bytes_received = 0;    ///< encoded results
    // Both hold every attempt that has ended in a worker, however it did. A thread pool measures each of its first thousand
    // tasks, and of the others each 16th, which then counts for 16.
    duration_histogram wait; ///< from submit (or from when another attempt was due) until it was its worker's first task
    duration_histogram run;  ///< from then on, in the worker
};

} // namespace penstock

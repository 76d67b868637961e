// SPDX-License-Identifier: MIT
// What one worker of a thread pool has done and how long it took, for stats(). Its thread alone writes, anybody reads.
//
// Looking at the clock takes as long as a short task, so not each one is measured: of what goes through a queue the first
// 1,024, and from then on each 16th, which counts for 16 in the histograms. Such a task carries a mark: when it was
// submitted, in nanoseconds of the steady clock, the lowest bit saying that it stands for 16; 0 is no mark.
#pragma once

#include <penstock/pool_stats.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace penstock::pool {

/// How a task ended.
enum class task_end : std::uint8_t { value, error, cancelled, late };

inline void count_end(pool_stats& stats, task_end how, std::uint64_t tasks = 1) noexcept {
    (how == task_end::value       ? stats.done
     : how == task_end::error     ? stats.failed
     : how == task_end::cancelled ? stats.cancelled
                                  : stats.timed_out) += tasks;
}

class thread_counts {
    using clock = std::chrono::steady_clock;

public:
    /// Of the task that comes after `earlier` others.
    static std::int64_t mark(std::uint64_t earlier) noexcept {
        if (earlier < measured_at_first) return now() & ~std::int64_t{1};
        return earlier % one_in == 0 ? now() | 1 : 0;
    }

    /// When it begins, or 0 where that is not measured.
    std::int64_t begin(std::int64_t mark) noexcept {
        add(begun_, 1);
        if (mark == 0) return 0;
        const std::int64_t begun = now();
        measure(wait_, begun - mark, mark);
        return begun;
    }
    void end(task_end how, std::int64_t mark, std::int64_t begun) noexcept {
        if (begun != 0) measure(run_, now() - begun, mark);
        end_unrun(how);
        add(ended_, 1);
    }
    void end_unrun(task_end how) noexcept { add(ends_[static_cast<std::size_t>(how)], 1); }
    /// Its thread ended in the middle of a task, and another came.
    void replace() noexcept { add(replaced_, 1); }

    /// How many came to their end here. Read before begun(), it is never more than that.
    std::uint64_t ended() const noexcept { return ended_.load(std::memory_order_acquire); }
    std::uint64_t begun() const noexcept { return begun_.load(std::memory_order_acquire); }
    void add_to(pool_stats& stats) const noexcept {
        for (std::size_t how = 0; how != ends_.size(); ++how) count_end(stats, static_cast<task_end>(how), read(ends_[how]));
        stats.respawns_died += read(replaced_);
        for (std::size_t i = 0; i != wait_.size(); ++i) stats.wait.buckets[i] += read(wait_[i]);
        for (std::size_t i = 0; i != run_.size(); ++i) stats.run.buckets[i] += read(run_[i]);
    }

private:
    using counter = std::atomic<std::uint64_t>;
    using histogram = std::array<counter, duration_histogram::bucket_count>;
    static constexpr std::uint64_t measured_at_first = 1'024, one_in = 16;

    static std::int64_t now() noexcept {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(clock::now().time_since_epoch()).count();
    }
    static std::uint64_t read(const counter& one) noexcept { return one.load(std::memory_order_relaxed); }
    static void add(counter& one, std::uint64_t more) noexcept {
        one.store(read(one) + more, std::memory_order_release);
    }
    static void measure(histogram& histogram, std::int64_t duration, std::int64_t mark) noexcept {
        add(histogram[duration_histogram::bucket_of(std::chrono::nanoseconds(duration))], (mark & 1) != 0 ? one_in : 1);
    }

    counter begun_{0};
    counter ended_{0};
    std::array<counter, 4> ends_{}; // by task_end, those that nobody ran included
    counter replaced_{0};
    histogram wait_{};
    histogram run_{};
};

} // namespace penstock::pool

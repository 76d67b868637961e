// SPDX-License-Identifier: MIT
// What the dispatcher knows of one worker. A value; no process behind it.
#pragma once

#include "pool/stop_sequence.hpp"
#include "pool/work_queue.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace penstock::pool {

struct worker_state {
    using time_point = std::chrono::steady_clock::time_point;
    using nanoseconds = std::chrono::nanoseconds;
    enum class phase : std::uint8_t {
        absent,   ///< no process, none wanted
        parked,   ///< no process; one is started when there is work
        waiting,  ///< to be started at restart_at
        starting, ///< a process that is not ready yet
        ready,
        leaving, ///< told to end; it gets no more work
    };

    phase now = phase::absent;
    bool recycling = false;    // to be replaced once it has nothing to do
    bool parking = false;      // to be parked once it is gone
    bool gives_back = true;    // tasks can be taken back from it
    work_queue tasks;          // oldest first; the first one runs or is about to
    work_queue pinned;         // for this worker only
    stop_sequence stop;
    time_point first_since{};  // when the first task became the first
    time_point deaf_since{};   // when a deadline first passed with the task untaken; {} for never
    time_point expired_at{};   // when a deadline of its first task last passed
    time_point idle_since{};
    time_point recall_from{};  // the next recall is not due before: one that caught nothing is not repeated at once
    time_point restart_at{};
    nanoseconds estimate{-1};  // of one task; negative while unknown
    std::uint64_t tasks_left = ~std::uint64_t{0}; // before it is recycled

    /// The deadline of the first task, unless it has none or is being stopped already; time_point::max() then.
    time_point first_due() const noexcept {
        const task_entry* first = tasks.front();
        if (first == nullptr || first->timeout.count() <= 0 || stop.active()) return time_point::max();
        const nanoseconds allowed = patience();
        if (first->timeout >= time_point::max() - first_since - allowed) return time_point::max();
        return first_since + first->timeout + allowed;
    }
    /// More time for a worker that was too slow to take its tasks: one that needs longer than a task's deadline to wake up
    /// would never get it otherwise.
    nanoseconds patience() const noexcept {
        if (deaf_since == time_point{}) return nanoseconds(0);
        return std::clamp<nanoseconds>(first_since - deaf_since, nanoseconds(0), std::chrono::milliseconds(100));
    }
    /// By the estimate, behind its first task. None where nothing can be taken back.
    nanoseconds work_waiting() const noexcept {
        if (tasks.size() < 2 || estimate.count() < 0 || !gives_back) return nanoseconds(0);
        return estimate * static_cast<std::int64_t>(tasks.size() - 1);
    }
    /// Follows the measured times, and jumps up at once: short tasks must not be queued behind long ones.
    void learn(nanoseconds took) noexcept {
        if (estimate.count() < 0 || took > 4 * estimate) estimate = took;
        else estimate = (3 * estimate + took) / 4;
    }
};

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// The one worker of an inline pool: whichever thread submits, one at a time. inline_pool is the handle.
//
// Threads: all functions may be called from any. A thread has the turn while it runs a task; a task that submits to its
// own pool has it already, and runs the other one inside. Ownership: shared by the handle and by every call, so that a
// task or a callback may destroy the handle.
#pragma once

#include <penstock/detail/inline_task.hpp>
#include <penstock/pool_options.hpp>
#include <penstock/pool_stats.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace penstock::pool {

class inline_worker {
public:
    /// Of the options: initializer, finalizer, max_pending, task_timeout.
    explicit inline_worker(pool_options options) : options_(std::move(options)) {}

    /// Waits for its turn. Throws pool_closed after shutdown, and queue_full in a task of this pool when max_pending are
    /// running inside each other.
    void run(detail::inline_task& task);
    /// The same, but false instead of waiting or throwing when max_pending tasks are running.
    bool try_run(detail::inline_task& task);
    /// Throws std::system_error(resource_deadlock_would_occur) in a task of this pool, which is part of the work.
    void wait_idle();
    /// Waits for the task that another thread runs. The last to leave runs the finalizer.
    void shut_down();
    pool_stats stats();

private:
    using clock = std::chrono::steady_clock;
    enum class readiness : std::uint8_t { unknown, good, broken };

    class turn;

    bool is_mine() const noexcept { return depth_ != 0 && owner_ == std::this_thread::get_id(); }
    bool is_full() const noexcept { return options_.max_pending != 0 && depth_ >= options_.max_pending; }
    void take_turn(std::unique_lock<std::mutex>& lock);
    void leave_turn() noexcept;
    void run_in_turn(detail::inline_task& task, clock::time_point submitted);
    bool initialize();
    void finalize() noexcept;
    void note(detail::inline_task::ending how, clock::time_point begun) noexcept;

    const pool_options options_;

    std::mutex mutex_; // guards what follows; what the user gave us never runs under it
    std::condition_variable free_;
    std::thread::id owner_;   // has the turn while depth_ is not 0
    std::size_t depth_ = 0;   // tasks that run, each inside the one before
    std::size_t waiting_ = 0; // threads that want a turn
    std::size_t rests_ = 0;   // how often the turn was left
    std::uint64_t begun_ = 0; // tasks so far
    bool closed_ = false;
    pool_stats stats_; // what has ended

    // Of the one who has the turn.
    readiness ready_ = readiness::unknown;
    bool finalized_ = false;
    std::string broken_by_; // what the initializer threw
};

} // namespace penstock::pool

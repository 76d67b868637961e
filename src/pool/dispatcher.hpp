// SPDX-License-Identifier: MIT
// The decisions of a process pool, and nothing else: events in, actions out, the time as an argument. No descriptor, no
// thread, no lock (the engine holds one around every call), so that a test can run it through a million schedules.
//
//   submit ----> queue ----send----> worker's FIFO ----answered----> done
//                  ^                     |
//                  +----- take_back -----+        (what a worker has not begun can always be taken back)
//
// A worker reads one task at a time and answers it before it reads the next. So of the tasks at a worker only the first
// can have begun; when it dies, that one is lost unless its packet is still unread, and all others go back to the queue.
//
// How many tasks a worker has at once follows its measured times: about 200 us of work, one when nothing is known, so
// that a null task costs no wake-up. When the first has run for a millisecond the rest is taken back: nothing waits
// behind a long task while the queue moves on elsewhere.
#pragma once

#include "pool/restart_policy.hpp"
#include "pool/task_entry.hpp"
#include "pool/work_queue.hpp"

#include <penstock/pool_options.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace penstock::pool {

/// What the dispatcher has done to workers; the engine does it with processes, a simulation with numbers.
class fleet {
public:
    enum class sent { yes, no_room, failed };

    virtual ~fleet() = default;
    /// Hands a task to a worker. Never blocks. `failed`: this worker is beyond use and will be reported dead.
    virtual sent send(std::size_t worker, task_entry& entry) = 0;
    /// The numbers of tasks that the worker had not begun and now never will, oldest first.
    virtual std::vector<std::uint64_t> take_back(std::size_t worker) = 0;
    /// Starts a worker process: later ready() or died() is called.
    virtual void start(std::size_t worker) = 0;
    /// Asks a worker to end in order; it is made to when the grace is over.
    virtual void dismiss(std::size_t worker) = 0;
    virtual void kill(std::size_t worker) = 0;
};

class dispatcher {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using nanoseconds = std::chrono::nanoseconds;

    /// `deepest`: how many tasks a worker may have at once, 1 where they cannot be taken back.
    dispatcher(fleet& workers, std::size_t count, std::size_t deepest);

    void start_all();
    /// The caller has checked accepting().
    void submit(task_entry& entry, time_point now);
    /// True when the task had not begun and now never will; it is nowhere then.
    bool cancel(task_entry& entry, time_point now);

    void ready(std::size_t worker, time_point now);
    /// The first task of that worker is done, after `took` (negative: not known); null when it is another one's number (a broken worker).
    task_entry* answered(std::size_t worker, std::uint64_t id, nanoseconds took, time_point now);
    /// Ends in at most one lost task, which is returned. `unread`: the tasks whose packets the worker never read.
    task_entry* died(std::size_t worker, std::span<const std::uint64_t> unread, time_point now);
    /// There is room again in a worker's pipe.
    void room(std::size_t worker, time_point now);
    /// What is due: restarts, and tasks that wait behind a long one.
    void tick(time_point now);
    std::optional<time_point> next_tick() const;

    void shut_down(shutdown_mode mode, time_point now);
    /// Gives up: no worker is started any more.
    void break_down();
    /// Removes and returns a task that will not run any more (after break_down, cancel_pending or kill); else null.
    task_entry* next_abandoned();

    bool accepting() const noexcept { return !shutting_down_ && !broken_; }
    bool broken() const noexcept { return broken_; }
    bool shutting_down() const noexcept { return shutting_down_; }
    /// Set when the restart budget is spent; the engine then calls break_down with the causes at hand.
    bool budget_spent() const noexcept { return budget_spent_; }
    /// True once the pool was shut down and every worker is gone for good.
    bool finished() const noexcept;
    /// True once workers were told to drop everything: a late answer is nobody's.
    bool dropping() const noexcept { return dropping_; }
    std::size_t queued() const noexcept { return queue_.size(); }
    /// The task that a worker runs or is about to; null when it has none.
    task_entry* running(std::size_t worker) const { return workers_[worker].tasks.front(); }
    /// False once a worker that was to be started is not wanted any more.
    bool wants(std::size_t worker) const { return workers_[worker].now == phase::starting; }
    std::size_t restart_budget() const noexcept { return restarts_.budget(); }

private:
    enum class phase { absent, waiting, starting, ready, leaving };
    struct worker_state {
        phase now = phase::absent;
        work_queue tasks; // oldest first; the first one runs or is about to
        time_point first_since{}; // when the first task became the first
        time_point restart_at{};
        nanoseconds estimate{-1}; // of one task; negative while unknown
    };

    std::size_t depth(const worker_state& worker) const;
    void give(std::size_t number, time_point now);
    bool give_one(std::size_t number, time_point now);
    void give_idle(time_point now);
    void settle(std::size_t number, time_point now);
    void settle_idle(time_point now);
    bool may_leave() const;
    void recall(std::size_t number, time_point now);
    void learn(worker_state& worker, nanoseconds took);
    void restart(std::size_t number, time_point now, bool was_ready);
    void dismiss(std::size_t number);
    void abandon_everything();
    void forget_idle(std::size_t number);
    bool has_work() const noexcept { return !queue_.empty(); }

    fleet& fleet_;
    std::vector<worker_state> workers_;
    work_queue queue_;
    std::vector<std::size_t> idle_; // ready workers without a task, last used last: a warm one is chosen first
    restart_policy restarts_;
    std::size_t deepest_;
    time_point recall_from_{}; // the next recall is not due before: one that caught nothing is not repeated at once
    bool shutting_down_ = false;
    bool abandoning_ = false; // the queue will not run any more
    bool broken_ = false;
    bool budget_spent_ = false;
    bool dropping_ = false;
};

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// The decisions of a process pool, and nothing else: events in, actions out, the time as an argument. No descriptor, no
// thread, no lock (the engine holds one around every call), so that a test can run it through a million schedules.
//
//   submit ----> queue ----send----> worker's FIFO ----answered----> done
//                ^   ^                   |
//     retry -----+   +---- take_back ----+        (what a worker has not begun can always be taken back)
//
// A worker runs one task at a time, in the order in which it got them. When it dies, the first that it has not answered is
// lost if it had begun; all others go back to the queue. What it has answered is known: it writes each answer before it
// begins the next task, or leaves it where it is found after its death (claim_page.hpp).
//
// How many tasks a worker has at once follows its measured times: one when nothing is known, otherwise about 200 us of
// work, or four packets of 200 us each where several tasks travel in one. When the first has run for a millisecond the rest
// is taken back: nothing waits behind a long task while the queue moves on elsewhere.
//
// Waking a worker for one task costs more than a short task takes. So short ones wait for company while a worker that
// runs such tasks is about to answer, until there are enough of them, somebody waits for one, or a millisecond has passed.
#pragma once

#include "pool/prioritized_queue.hpp"
#include "pool/restart_policy.hpp"
#include "pool/task_entry.hpp"
#include "pool/work_queue.hpp"
#include "pool/worker_state.hpp"

#include <penstock/pool_options.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace penstock::pool {

/// Why a worker ends in order while its pool goes on: it is replaced, had nothing to do for too long, or is one too many.
enum class let_go_reason : std::uint8_t { recycled, idle, surplus };

/// What the dispatcher has done to workers; the engine does it with processes, a simulation with numbers.
class fleet {
public:
    enum class sent { yes, no_room, failed };

    virtual ~fleet() = default;
    /// Hands a task to a worker. Never blocks. `failed`: this worker is beyond use and will be reported dead.
    /// It may keep tasks until flush(), to send several at once.
    virtual sent send(std::size_t worker, task_entry& entry, std::chrono::steady_clock::time_point now) = 0;
    virtual void flush(std::size_t worker) = 0;
    /// The numbers of tasks that the worker had not begun and now never will.
    virtual std::vector<std::uint64_t> take_back(std::size_t worker) = 0;
    /// Starts a worker process: later ready() or died() is called.
    virtual void start(std::size_t worker) = 0;
    /// Asks a worker to end in order once it has nothing to do.
    virtual void say_bye(std::size_t worker) = 0;
    /// Asks the task that a worker runs to stop.
    virtual void request_stop(std::size_t worker, const task_entry& entry) = 0;
    /// SIGTERM.
    virtual void terminate(std::size_t worker) = 0;
    /// SIGKILL. `reason` says why where a user should know.
    virtual void kill(std::size_t worker, const std::string& reason) = 0;
    /// A worker of a pool that goes on is asked to end, as it has nothing to do any more; say_bye follows.
    virtual void let_go(std::size_t worker, let_go_reason why) = 0;
};

struct dispatcher_options {
    std::size_t workers = 1;
    std::size_t deepest = 1; ///< how many tasks a worker may have at once; 1 where they cannot be taken back
    std::size_t packet = 1;  ///< how many tasks can be sent at once
    std::chrono::nanoseconds start_timeout = std::chrono::seconds(10);
    std::chrono::nanoseconds grace = std::chrono::seconds(2);
    std::chrono::nanoseconds idle_timeout{0}; ///< 0: idle workers stay
    std::uint64_t max_tasks_per_worker = 0;   ///< 0: no limit; else jittered by up to a quarter
    restart_budget restart = {};
    std::uint64_t seed = 1;                   ///< of the jitter
};

class dispatcher {
    enum class gathering : bool { no, allowed };

public:
    using time_point = std::chrono::steady_clock::time_point;
    using nanoseconds = std::chrono::nanoseconds;

    dispatcher(fleet& workers, const dispatcher_options& options);

    void start_all(time_point now);
    /// The caller has checked accepting().
    void submit(task_entry& entry, time_point now);
    /// Tasks that wait for company do not any more: somebody waits for one of them.
    void end_gathering(time_point now) { give_idle(now, gathering::no); }
    /// Whether tasks wait although workers have nothing to do; next_tick() says for how long at most.
    bool is_gathering() const noexcept { return !queue_.empty() && !idle_.empty(); }
    /// Back to the queue at a later time: another attempt.
    void retry(task_entry& entry, time_point when, time_point now);
    /// True when the task had not begun and now never will; it is nowhere then.
    bool cancel(task_entry& entry, time_point now);
    /// Makes a running task stop. False when it is not at a worker any more.
    bool stop_running(task_entry& entry, verdict why, time_point now);

    /// `can_give_back`: whether tasks can be taken back from it; if not, it gets one at a time.
    void ready(std::size_t worker, time_point now, bool can_give_back = true);
    /// The first task of that worker is done, after `took` (negative: not known); null when it is another one's number
    /// (a broken worker). Where its `stopped` is set, that is how it ends. settle_answered() is to
    /// follow, after any number of these.
    task_entry* answered(std::size_t worker, std::uint64_t id, nanoseconds took, time_point now);
    /// After answers: the worker gets more work, rests or leaves.
    void settle_answered(std::size_t worker, time_point now);
    /// Ends in at most one lost task, which is returned. `unread`: the tasks whose packets the worker never read.
    task_entry* died(std::size_t worker, std::span<const std::uint64_t> unread, time_point now);
    /// There is room again in a worker's pipe.
    void room(std::size_t worker, time_point now);
    /// A worker closed its result pipe: most likely it is dying, and is helped to if not.
    void hung_up(std::size_t worker, time_point now);
    /// Replace this worker as soon as it has nothing to do.
    void recycle(std::size_t worker, time_point now);
    /// What is due: restarts, deadlines, steps towards an end, tasks that wait behind a long one.
    void tick(time_point now);
    std::optional<time_point> next_tick() const;

    void resize(std::size_t workers, time_point now);
    void shut_down(shutdown_mode mode, time_point now);
    /// Gives up: no worker is started any more.
    void break_down();
    /// After break_down: starts anew with a new budget.
    void reset(time_point now);
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
    std::size_t queued() const noexcept { return queue_.size() + delayed_.size(); }
    /// All tasks that do not run yet: queued, or kept for one worker, or behind another task at a worker.
    std::size_t not_running() const noexcept;
    /// Whether it has that task.
    bool has(std::size_t worker, std::uint64_t id) const noexcept;
    /// The task that a worker runs or is about to; null when it has none.
    task_entry* running(std::size_t worker) const { return workers_[worker].tasks.front(); }
    /// False once a worker that was to be started is not wanted any more.
    bool wants(std::size_t worker) const { return workers_[worker].now == phase::starting; }
    bool leaving(std::size_t worker) const { return workers_[worker].now == phase::leaving; }
    /// How many workers the pool is to have.
    std::size_t target() const noexcept { return target_; }
    const restart_policy& restarts() const noexcept { return restarts_; }

private:
    using phase = worker_state::phase;
    struct delayed_task {
        time_point when;
        task_entry* entry;
    };

    // giving tasks to workers (dispatcher.cpp)
    std::size_t tasks_a_packet(const worker_state& worker) const;
    std::size_t deepest(const worker_state& worker) const;
    std::size_t depth(const worker_state& worker) const;
    void feed_busy(time_point now);
    void balance(time_point now);
    void give(std::size_t number, time_point now);
    bool give_one(std::size_t number, task_entry& entry, time_point now);
    void give_idle(time_point now, gathering more = gathering::allowed);
    std::size_t company(const worker_state& worker) const;
    bool waits_for_company(time_point now) const;
    void settle(std::size_t number, time_point now);
    void settle_idle(time_point now);
    void recall(std::size_t number, time_point now);
    void begin_first(std::size_t number, time_point now);
    void ask_to_stop(std::size_t number, time_point now);
    void requeue(task_entry& entry);
    void remove_waiting(task_entry& entry);
    void wake_parked(time_point now);
    void forget_idle(std::size_t number);
    bool has_work() const noexcept { return !queue_.empty() || !delayed_.empty(); }

    // the life of workers (dispatcher_workers.cpp)
    void start(std::size_t number, time_point now);
    void restart(std::size_t number, time_point now, phase before);
    bool should_leave(std::size_t number) const;
    static let_go_reason why_leaving(const worker_state& worker);
    void dismiss(std::size_t number, time_point now);
    void keep_one(time_point now);
    bool needed(std::size_t number) const;
    void abandon_everything();

    // time (dispatcher_time.cpp)
    void check_worker(std::size_t number, time_point now);
    void expire(std::size_t number, time_point now);
    void take_step(std::size_t number, time_point now);
    bool may_rest(const worker_state& worker) const;
    void release_delayed(time_point now);
    void forgive_freeze(time_point now);
    bool has_deadlines() const;

    fleet& fleet_;
    const dispatcher_options options_;
    std::vector<worker_state> workers_;
    std::size_t target_;
    prioritized_queue queue_;
    std::vector<delayed_task> delayed_; // few: only tasks that wait for another attempt
    std::size_t last_fed_ = 0;          // the worker that was given a task last
    std::vector<std::size_t> idle_;     // ready workers without a task; the one used last is last, and chosen first
    restart_policy restarts_;
    std::mt19937_64 random_;
    time_point last_tick_{};
    bool beating_ = false; // ticks come at least every heartbeat, so a gap between them means something
    bool shutting_down_ = false;
    bool abandoning_ = false; // the queue will not run any more
    bool broken_ = false;
    bool budget_spent_ = false;
    bool dropping_ = false;
};

} // namespace penstock::pool

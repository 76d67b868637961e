// SPDX-License-Identifier: MIT
// The workers of a thread pool: their threads, the queue they share, and what ends them. thread_pool is the
// handle.
//
//   submit --> queue --> a free worker: claim, run, publish, callbacks --> settled
//                 \--> a worker that waits for this very task: claims and runs it itself (help)
//
// All functions may be called from any thread, workers included. A worker that waits for a task of this pool
// never stalls it: get() runs the task in place; where that is not possible (a limit, several futures, too
// deep a stack) a stand-in thread works meanwhile (step_aside), so that as many workers as asked for can
// always run.
//
// Ownership: shared by the handle and by every worker thread, so that the handle may be destroyed in a task
// or in a callback: that worker is then left to end by itself. Tasks point here without owning; the pool's
// end waits for them.
#pragma once

#include "pool/thread_queue.hpp"

#include <penstock/detail/shared_state.hpp>
#include <penstock/pool_options.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace penstock::pool {

class thread_crew : public std::enable_shared_from_this<thread_crew> {
public:
    /// Of the options: initializer, finalizer, max_pending, task_timeout.
    thread_crew(std::size_t workers, pool_options options) : wanted_(workers), options_(std::move(options)) {}

    /// Starts all workers; throws std::system_error, with none left running, when the system refuses one.
    void start();
    /// Throws pool_closed after shutdown; fails the task at once in a broken pool. Waits while as many tasks are
    /// unfinished as may be; throws queue_full instead in a worker of this pool.
    void submit(detail::thread_task& task);
    /// The same, but false instead of waiting.
    bool try_submit(detail::thread_task& task);
    /// Throws std::system_error(resource_deadlock_would_occur) in a task of this pool, which is part of the
    /// work.
    void wait_idle();
    /// Returns when nothing runs any more but the tasks that this call is made from, and the same of other
    /// such calls.
    void shut_down(shutdown_mode mode);
    /// The handle is going: shuts down, then joins every worker but the calling one.
    void disband() noexcept;
    std::size_t workers() const noexcept { return wanted_; }

    /// Runs `task` in this thread if it may; true when it ran.
    static bool help(detail::thread_task& task);
    static bool step_aside(detail::thread_task& task);
    static void step_back() noexcept;
    /// One task has its outcome; the last thing that is called on behalf of a task.
    void settled() noexcept;

private:
    struct worker final : detail::pool_thread {
        bool lend() noexcept override;
        void take_back() noexcept override { step_back(); }

        thread_crew* crew = nullptr;
        std::thread thread = {};
        bool initialized = false;
        bool leaving = false;       // destroys the pool or shuts it down; guarded by mutex_
        std::size_t depth = 0;      // tasks on its stack: one waited for by another
        std::size_t discounted = 0; // of these, the ones that a shutdown on this stack does not wait for
    };
    class leave; // marks a worker that shuts down its own pool

    void make_place() noexcept; // holds mutex_
    static worker* this_worker(const thread_crew* crew) noexcept;

    void add_worker(); // holds mutex_
    bool is_full() const noexcept { return options_.max_pending != 0 && unsettled_ >= options_.max_pending; }
    void wait_for_room(std::unique_lock<std::mutex>& lock);
    void accept(detail::thread_task& task, std::unique_lock<std::mutex>& lock);
    void work(worker& me);
    bool initialize(worker& me);
    void finalize();
    detail::thread_task* next(std::unique_lock<std::mutex>& lock);
    void run(worker& me, detail::thread_task& task);
    void replace_lost_worker() noexcept;
    void close(shutdown_mode mode);
    static std::exception_ptr broken_by(const std::string& cause);
    void break_down(const std::string& cause);
    template <class Reason>
    void fail_pending(Reason reason);
    void finish_around(worker& me, std::unique_lock<std::mutex>& lock);
    std::list<worker> take_workers(); // holds mutex_

    bool may_start() const noexcept { return !queue_.empty() && !abandoning_ && running_ < permits_; }
    bool done() const noexcept { return (closed_ || abandoning_) && queue_.empty(); }

    static thread_local worker* current_;

    const std::size_t wanted_;
    const pool_options options_;

    std::mutex mutex_;               // guards what follows
    std::condition_variable work_;   // for workers: something to start, or the end
    std::condition_variable rested_; // for wait_idle and shut_down
    std::condition_variable room_;   // for submit
    thread_queue queue_;
    std::list<worker> workers_;
    std::size_t running_ = 0;    // workers that have a task of the queue
    std::size_t permits_ = 0;    // how many may: as asked for, and a stand-in for each that stepped aside
    std::size_t unsettled_ = 0;  // tasks submitted and not done
    std::size_t discounted_ = 0; // of these, the ones that tasks which shut the pool down do not wait for
    std::uint64_t accepted_ = 0; // tasks so far
    std::size_t rests_ = 0;      // how often nothing was left to do
    std::size_t alive_ = 0;      // threads that work, or will once initialized
    bool closed_ = false;        // shut down: nothing is taken any more
    bool abandoning_ = false;    // what is in the queue is not run but fails
    std::optional<std::string> broken_; // what the initializer threw
};

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// The workers of a thread pool: their threads, the queues, and what ends them. thread_pool is the handle.
//
//   submit from outside --> shared queue --> a worker: claim, run, publish, callbacks --> settled
//                                \--> (several at a time) --.
//   submit in a task --> the worker's own queue <-----------'--> another worker steals
//                                \--> a worker that waits for this very task: claims and runs it itself (help)
//
// A worker takes from its own queue, then from the shared one, then from others. A task goes to the own queue only while
// the shared one is empty, and several are taken from the shared one only in their order: so what is in a worker's queue
// is older than what is in the shared one, and tasks of one class begin in the order in which they came. High and low ones
// are in the shared queue only, where their turns are kept. Each sixteenth time a worker looks at others' queues first, so
// that nothing waits for ever behind a worker that is busy.
//
// Who is awake (sleepers_, search_, spinning_, missing_): a submit wakes one sleeper, or starts one thread while there are
// fewer than asked for, and neither while somebody is searching. A searcher that finds a task does the same for the next
// one, if there is more. A worker that found nothing looks for a moment longer, but one of them only, and goes to sleep
// after a last look that begins when everybody can see that it sleeps.
//
// All functions may be called from any thread, workers included. A worker that waits for a task of this pool
// never stalls it: get() runs the task in place; where that is not possible (a limit, several futures, too
// deep a stack) a stand-in thread works meanwhile (step_aside), so that as many workers as asked for can
// always run. Threads beyond that number rest; they end when it was resize() that made the number smaller. Where the system
// refuses the stand-in, a worker that waits without a limit runs what it waits for itself after all.
//
// broadcast() (thread_crew_calls.cpp): one task for each worker, no two in the same thread. While some are to be taken, as
// many threads may run as were called and one more for each that waits, and a thread takes its share before it rests or
// ends.
//
// Ownership: shared by the handle and by every worker thread, so that the handle may be destroyed in a task
// or in a callback: that worker is then left to end by itself. Tasks point here without owning; the pool's
// end waits for them.
#pragma once

#include "pool/broadcasts.hpp"
#include "pool/thread_counts.hpp"
#include "pool/thread_queue.hpp"
#include "pool/thread_worker.hpp"

#include <penstock/detail/shared_state.hpp>
#include <penstock/pool_options.hpp>
#include <penstock/pool_stats.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace penstock::pool {

class thread_crew : public std::enable_shared_from_this<thread_crew> {
public:
    /// Of the options: initializer, finalizer, max_pending, task_timeout.
    thread_crew(std::size_t workers, pool_options options);

    /// With an initializer, starts all workers; throws std::system_error, with none left running, when the system refuses
    /// one. Without, they start as there is work.
    void start();
    /// Throws pool_closed after shutdown, std::system_error when not even one thread can be had; fails the task at once in
    /// a broken pool. Waits while as many tasks are unfinished as may be; throws queue_full instead in a worker of this
    /// pool.
    void submit(detail::thread_task& task, task_priority priority);
    /// The same, but false instead of waiting.
    bool try_submit(detail::thread_task& task, task_priority priority);
    /// Never waits: true when `resume` will be called once there is room and the task was submitted, in the thread that made
    /// the room; or the pool was shut down, or broke, and the task has failed.
    bool submit_later(detail::thread_task& task, task_priority priority, std::function<void()> resume);
    /// Submits one task for each worker. False, and nothing happened, when there are not as many tasks as workers now.
    /// Throws pool_closed, and std::system_error when there are not as many threads to be had.
    bool broadcast(std::vector<broadcasts::task_ref>& tasks);
    /// Throws std::system_error(resource_deadlock_would_occur) in a task of this pool, which is part of the
    /// work.
    void wait_idle();
    /// From the return of pause() to resume(), no task begins but for one that a running task waits for in get().
    void pause();
    void resume();
    /// Returns when nothing runs any more but the tasks that this call is made from, and the same of other
    /// such calls.
    void shut_down(shutdown_mode mode);
    /// The handle is going: shuts down, then joins every worker but the calling one.
    void disband() noexcept;
    /// Throws pool_closed after shutdown.
    void resize(std::size_t workers);
    std::size_t workers() const noexcept { return wanted_.load(std::memory_order_relaxed); }
    pool_stats stats();
    /// Whether this thread is one of its workers.
    bool has_me() const noexcept { return this_worker(this) != nullptr; }
    std::chrono::nanoseconds task_timeout() const noexcept { return options_.task_timeout; }
    std::uint64_t next_id() noexcept { return ids_.fetch_add(1, std::memory_order_relaxed) + 1; }

    /// Runs `task` in this thread if it may, or waits a moment for one that is about to be ready; true when it is.
    static bool help(detail::thread_task& task);
    static bool step_aside(detail::thread_task& task);
    static void step_back() noexcept;
    /// Whether it is a task of the pool whose worker this thread is.
    static bool is_colleagues(const detail::thread_task& task) noexcept { return colleague(task) != nullptr; }
    /// A task ends without having run.
    void count_unrun(task_end how) noexcept;
    /// Of the worker that the calling thread is.
    static thread_counts& counts_of_this_worker() noexcept { return current_->counts; }
    /// One task has its outcome; the last thing that is called on behalf of a task.
    void settled(detail::thread_task& task) noexcept;

private:
    friend thread_worker;
    using worker = thread_worker;
    class leave; // marks a worker that shuts down its own pool
    struct later_submit {
        broadcasts::task_ref task;
        task_priority priority;
        std::unique_ptr<detail::callback> resume;
    };

    void make_place(std::size_t& stand_ins) noexcept;
    void give_back(std::size_t& stand_ins) noexcept;
    static worker* this_worker(const thread_crew* crew) noexcept;
    /// The worker that this thread is, if the task is of its pool. The task's pool may be gone otherwise.
    static worker* colleague(const detail::thread_task& task) noexcept;

    // thread_crew.cpp: tasks
    void accept(detail::thread_task& task, task_priority priority);
    void refuse(detail::thread_task& task);
    void refuse_broken(detail::thread_task& task, const std::string& cause);
    void work(worker& me);
    void work_off(worker& me);
    void leave_work(worker& me) noexcept;
    void vacate(worker& me) noexcept;
    bool initialize(worker& me);
    void finalize();
    void run(worker& me, detail::thread_task& task);
    std::uint64_t unsettled() const noexcept; // holds mutex_
    template <class Condition>
    void wait_until(std::unique_lock<std::mutex>& lock, Condition condition) {
        waiting_.fetch_add(1, std::memory_order_acq_rel);
        rested_.wait(lock, condition);
        waiting_.fetch_sub(1, std::memory_order_relaxed);
    }
    void tell_waiting() noexcept;

    // thread_crew_room.cpp: pools with a bound
    bool is_bounded() const noexcept { return options_.max_pending != 0; }
    bool has_room() const noexcept { return later_.empty() && unfinished_ < options_.max_pending; } // holds mutex_
    bool wait_for_room(bool may_wait);
    later_submit make_room() noexcept; // holds mutex_
    std::list<later_submit> take_cancelled() noexcept; // holds mutex_
    static void go_on(later_submit& next) noexcept;
    static void refuse_later(std::list<later_submit>& waiting, const std::optional<std::string>& broken);

    // thread_crew_calls.cpp: tasks for all workers
    detail::thread_task* answer_call(worker& me) noexcept;
    bool answer_own(worker& me, const detail::thread_task& task);
    void after_answer() noexcept; // holds mutex_
    void bring_for_calls() noexcept;
    bool start_all(); // holds mutex_
    broadcasts::task_ref take_called() noexcept {
        const std::lock_guard lock(mutex_);
        return calls_.take_any();
    }
    bool work_is_waiting_for(const worker& me) const noexcept {
        return work_is_waiting() || me.heard != calls_.announced();
    }

    // thread_crew_search.cpp: who looks for tasks
    detail::thread_task* next(worker& me);
    detail::thread_task* find(worker& me, thread_queue::limit allowed);
    detail::thread_task* take(worker& me, thread_queue::limit allowed);
    detail::thread_task* steal(worker& me, thread_queue::limit allowed);
    bool work_is_waiting() const noexcept;
    static bool may_spin() noexcept; // not on a single CPU
    bool over() const noexcept { return closed_.load() || abandoning_.load(); }
    void signal() noexcept;
    void wake_all() noexcept;
    bool idle(worker& me);
    bool spin(worker& me);
    void sleep(const worker& me);
    bool rest(worker& me);

    // thread_crew_threads.cpp: how many threads there are
    void add_worker();             // holds mutex_
    worker& vacancy();             // holds mutex_
    void count_missing() noexcept; // holds mutex_
    std::size_t stand_ins() const noexcept { return asides_ + lends_; }
    std::size_t asleep() const noexcept { return stand_ins() + blocked_ + blocked_elsewhere_; } // in waits
    bool call_resting() noexcept;  // holds mutex_
    enum class arrival : std::uint8_t { came, not_needed, not_tried, refused, nobody_is_left };
    void bring_worker() noexcept;
    arrival try_to_bring() noexcept; // holds mutex_
    void start_first();
    void start_missing() noexcept; // holds mutex_
    void replace_lost_worker(worker& me) noexcept;
    std::thread take_ended() noexcept;       // holds mutex_
    std::vector<std::thread> take_threads(); // holds mutex_

    // thread_crew_end.cpp
    void close(shutdown_mode mode);
    static std::exception_ptr nobody_left(const detail::thread_task& task) noexcept;
    static std::exception_ptr broken_by(const std::string& cause);
    void break_down(const std::string& cause);
    void fail_pending();
    void fail_stranded();
    broadcasts::task_ref take_stranded() noexcept;
    void finish_around(worker& me, std::unique_lock<std::mutex>& lock);

    static thread_local worker* current_;
    static std::atomic<bool> several_cpus_; // false until a worker knows

    std::atomic<std::size_t> wanted_; // changes under mutex_
    const pool_options options_;

    thread_queue shared_{*this};
    thread_queue called_home_{*this}; // of the tasks in calls_: nothing is ever in it
    std::atomic<worker*> newest_{nullptr}; // all that were ever made, by their `next`

    alignas(64) std::atomic<std::uint32_t> epoch_{0}; // changes to wake sleepers
    std::atomic<int> sleepers_{0};
    std::atomic<int> search_{0};        // 1 while a worker that was woken or started looks for a task
    std::atomic<bool> spinning_{false}; // a worker looks on before it sleeps
    std::atomic<int> missing_{0};       // threads to start, or, below 0, to rest
    std::atomic<int> waiting_{0};       // threads in wait_until
    std::atomic<bool> closed_{false};   // shut down: nothing is taken any more
    std::atomic<bool> abandoning_{false}; // what is in the queues is not run but fails
    std::atomic<bool> started_{false};
    std::atomic<std::uint64_t> ids_{0};

    std::mutex mutex_;               // guards what follows
    std::condition_variable rested_; // for wait_idle and shut_down
    std::condition_variable room_;   // for submit
    std::condition_variable needed_; // for threads that rest
    std::list<worker> workers_;
    std::size_t active_ = 0;     // threads that take tasks, or will once initialized
    std::size_t resting_ = 0;    // threads that do not
    std::size_t called_ = 0;     // threads that rested, and count as active, but may not know it yet
    bool ended_ = false;         // there is nothing left that a thread could do
    std::size_t blocked_ = 0;    // active ones that wait for tasks which run already, and nobody works in their place
    std::size_t blocked_elsewhere_ = 0; // the same, for something else than a task of this pool
    std::size_t asides_ = 0;     // those that have a stand-in, and wait for one task, which goes before all others
    std::size_t lends_ = 0;      // the same, for something that tasks of the pool may complete
    bool paused_ = false;
    std::size_t surplus_ = 0;    // threads that are to end instead of resting
    worker* vacant_ = nullptr;   // the first of those without a thread
    broadcasts calls_;
    std::list<later_submit> later_;     // of submit_later, in their order
    std::size_t waiting_for_room_ = 0;  // those of them that were not cancelled
    pool_stats unrun_;                  // tasks that ended in threads that are no workers, in its counts of ends
    unsigned refusals_ = 0;             // of threads, by the system, in a row
    std::chrono::steady_clock::time_point refused_until_{};
    std::uint64_t settled_outside_ = 0; // tasks that ended in threads that are no workers
    std::size_t unfinished_ = 0;        // tasks submitted and not done, counted where there is a bound
    std::size_t discounted_ = 0;        // tasks that those which shut the pool down do not wait for
    std::size_t rests_ = 0;             // how often nothing was left to do
    std::optional<std::string> broken_; // what the initializer threw
};

} // namespace penstock::pool

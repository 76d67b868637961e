// SPDX-License-Identifier: MIT
// A task of a thread pool, as the pool sees it: the node it queues, claims and runs. closure_task adds what
// depends on types. One allocation a task: this is the future's shared state too.
//
// Threads: whoever claims a task (a worker, a waiting get(), cancel, the pool's end) gives it its one
// outcome; all others find it claimed and leave it alone. So the queue may hold tasks that are done, and need
// not forget them. A running task is stopped by asking it (cancel with force) or by its deadline, which it alone
// looks at: it goes on until it comes to an end, and then has no value.
//
// Life: the future holds one reference, the pool's queue another until it has taken the task
// out.
#pragma once

#include <penstock/detail/shared_state.hpp>
#include <penstock/pool_options.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace penstock::pool {
class thread_crew;
class thread_queue;
} // namespace penstock::pool

namespace penstock::detail {

class thread_task : public shared_state {
public:
    /// Runs the callbacks in the calling thread, as there is no worker that completed the task.
    bool cancel(bool force) final;
    bool help() final;
    bool step_aside() final;
    void step_back() noexcept final;

protected:
    /// Throws std::invalid_argument for options that a thread pool cannot honour.
    explicit thread_task(task_options&& options);

    /// Calls the closure and keeps its result. Throws what the closure throws.
    virtual void invoke() = 0;
    /// Frees the closure and what it captured, before anybody is told that the task is done.
    virtual void drop_closure() noexcept = 0;
    /// Frees the result of a task that came to its end too late.
    virtual void drop_result() noexcept = 0;
    /// Throws what the task ended with, if it was an exception. The consumer's thread takes over the last
    /// reference.
    void rethrow_error();

private:
    friend class pool::thread_crew;
    friend class pool::thread_queue;

    class running; // what this_task asks and says
    enum class phase : std::uint8_t { pending, claimed, stopping, ended };

    bool claim() noexcept { return leave_queue(phase::claimed); }
    /// claim() of a task that shall not run: fail() must follow.
    bool discard() noexcept { return leave_queue(phase::ended); }
    bool leave_queue(phase next) noexcept {
        phase expected = phase::pending;
        return phase_.compare_exchange_strong(expected, next, std::memory_order_acq_rel);
    }
    bool pending() const noexcept { return phase_.load(std::memory_order_acquire) == phase::pending; }
    /// False when it has ended.
    bool ask_to_stop() noexcept;
    /// Wakes who sleeps in running::wait_for_stop.
    void wake_waiting() noexcept;
    /// From here on it cannot be stopped any more. What was asked to stop, or is late, has no value.
    void conclude(bool late) noexcept;
    /// Runs the task and publishes its outcome. Requires claim(). Throws only when the thread itself is being
    /// ended.
    void execute();
    /// Ends the task without running it. Requires discard().
    void fail(std::exception_ptr error) noexcept;
    /// Tells the pool once that this task is done: from then on the pool may be gone.
    void settle() noexcept;
    std::exception_ptr thread_ended() const;
    /// How messages name it: "task 'tile 17'", or "a task".
    std::string name() const;

    void run_callbacks(callback* first) noexcept final;
    bool has_failed() const noexcept final { return is_failure(error_); }
    void destroy() noexcept final { delete this; }

    pool::thread_crew* crew_ = nullptr; // valid until settled
    thread_task* next_ = nullptr;       // the queue's
    std::exception_ptr error_;
    std::string label_;
    std::chrono::nanoseconds timeout_; // 0 means none
    std::uint64_t id_ = 0;             // given by the pool
    task_priority priority_;
    std::atomic<std::uint32_t> stop_word_{0}; // changes when somebody asks for a stop
    std::atomic<phase> phase_{phase::pending};
    std::atomic<bool> settled_{false};
    bool settle_before_callbacks_ = false; // written before publish
};

} // namespace penstock::detail

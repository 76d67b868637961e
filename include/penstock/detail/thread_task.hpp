// SPDX-License-Identifier: MIT
// A task of a thread pool, as the pool sees it: the node it queues, claims and runs. closure_task adds what
// depends on types. One allocation a task: this is the future's shared state too.
//
// Threads: whoever claims a task (a worker, a waiting get(), cancel, the pool's end) gives it its one
// outcome; all others find it claimed and leave it alone. So the queue may hold tasks that are done, and need
// not forget them. Life: the future holds one reference, the pool's queue another until it has taken the task
// out.
#pragma once

#include <penstock/detail/shared_state.hpp>

#include <atomic>
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
    explicit thread_task(std::string label) noexcept : label_(std::move(label)) {}

    /// Calls the closure and keeps its result. Throws what the closure throws.
    virtual void invoke() = 0;
    /// Frees the closure and what it captured, before anybody is told that the task is done.
    virtual void drop_closure() noexcept = 0;
    /// Throws what the task ended with, if it was an exception. The consumer's thread takes over the last
    /// reference.
    void rethrow_error();

private:
    friend class pool::thread_crew;
    friend class pool::thread_queue;

    bool claim() noexcept { return !claimed_.exchange(true, std::memory_order_acq_rel); }
    bool pending() const noexcept { return !claimed_.load(std::memory_order_acquire); }
    /// Runs the task and publishes its outcome. Requires claim(). Throws only when the thread itself is being
    /// ended.
    void execute();
    /// Ends the task without running it. Requires claim().
    void fail(std::exception_ptr error) noexcept;
    /// Tells the pool once that this task is done: from then on the pool may be gone.
    void settle() noexcept;
    std::exception_ptr thread_ended() const;
    /// How messages name it: "task 'tile 17'", or "a task".
    std::string name() const;

    void run_callbacks(callback* first) noexcept final;
    void destroy() noexcept final { delete this; }

    pool::thread_crew* crew_ = nullptr; // valid until settled
    thread_task* next_ = nullptr;       // the queue's
    std::exception_ptr error_;
    std::string label_;
    std::atomic<bool> claimed_{false};
    std::atomic<bool> settled_{false};
    std::atomic<bool> stop_{false}; // asked to stop while it ran
    bool settle_before_callbacks_ = false; // written before publish
};

} // namespace penstock::detail

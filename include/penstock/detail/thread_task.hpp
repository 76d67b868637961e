// SPDX-License-Identifier: MIT
// A task of a thread pool, as the pool sees it: the node it queues, claims and runs. closure_task adds what
// depends on types. One allocation a task: this is the future's shared state too, and every byte of it counts.
//
// Threads: whoever claims a task (a worker, a waiting get(), cancel, the pool's end) gives it its one
// outcome; all others find it claimed and leave it alone. So a queue may yield tasks that are done. A running task is
// stopped by asking it (cancel with force) or by its deadline, which it alone looks at: it goes on until it comes to an
// end, and then has no value.
//
// Life: the future holds one reference, the pool's queue another until the task is taken out.
#pragma once

#include <penstock/detail/shared_state.hpp>
#include <penstock/detail/task_details.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace penstock::pool {
class broadcasts;
class task_line;
class thread_crew;
class thread_queue;
enum class task_end : std::uint8_t;
} // namespace penstock::pool

namespace penstock::detail {

class thread_task : public shared_state {
public:
    /// Runs the callbacks in the calling thread, as there is no worker that completed the task.
    bool cancel(bool force) final;
    bool help() final;
    bool step_aside() final;
    void step_back() noexcept final;
    bool runs_beside_me() const noexcept final;

protected:
    thread_task() noexcept = default;

    /// Calls the closure and keeps its result. Throws what the closure throws.
    virtual void invoke() = 0;
    /// Frees the closure and what it captured, before anybody is told that the task is done.
    virtual void drop_closure() noexcept = 0;
    /// Takes the place of the closure, which is gone.
    virtual void keep_error(std::exception_ptr error) noexcept = 0;
    /// Frees the result or the error of a task that came to its end too late.
    virtual void drop_outcome() noexcept = 0;
    /// Null where there are none.
    virtual const task_details* details() const noexcept { return nullptr; }

private:
    friend class pool::broadcasts;
    friend class pool::task_line;
    friend class pool::thread_crew;
    friend class pool::thread_queue;

    class running; // what this_task asks and says

    // The two lowest bits of phase_; what is above them is counted up to wake who waits for a change.
    static constexpr std::uint32_t pending_phase = 0, claimed_phase = 1, stopping_phase = 2, ended_phase = 3;
    static constexpr std::uint32_t phase_mask = 3, one_nudge = 4;

    bool claim() noexcept { return leave_queue(claimed_phase); }
    /// claim() of a task that shall not run: fail() must follow.
    bool discard() noexcept { return leave_queue(ended_phase); }
    bool leave_queue(std::uint32_t next) noexcept {
        std::uint32_t expected = pending_phase;
        return phase_.compare_exchange_strong(expected, next, std::memory_order_acq_rel);
    }
    bool pending() const noexcept { return phase_.load(std::memory_order_acquire) == pending_phase; }
    bool stopping() const noexcept { return (phase_.load(std::memory_order_acquire) & phase_mask) == stopping_phase; }
    /// False when it has ended.
    bool ask_to_stop() noexcept;
    /// Runs the task and publishes its outcome. Requires claim(). Throws only when the thread itself is being
    /// ended.
    void execute();
    void finish(const running& here, std::exception_ptr error) noexcept;
    /// From here on it cannot be stopped any more. What was asked to stop, or is late, has no value.
    pool::task_end conclude(bool late, bool failed) noexcept;
    /// Ends the task without running it, as one that was cancelled or has failed. Requires discard().
    void fail(std::exception_ptr error, pool::task_end how) noexcept;
    /// Tells the pool once that this task is done: from then on the pool may be gone.
    void settle() noexcept;
    std::exception_ptr thread_ended() const;
    std::chrono::nanoseconds timeout() const noexcept;
    /// How messages name it: "task 'tile 17'", or "a task".
    std::string name() const;
    /// Null until the task was queued; valid until settled.
    pool::thread_crew* crew() const noexcept;

    void run_callbacks(callback* first) noexcept final;
    void destroy() noexcept final { delete this; }

    std::atomic<std::uint32_t> phase_{pending_phase};
    std::atomic<pool::thread_queue*> home_{nullptr}; // where it is or was last
    thread_task* next_ = nullptr;                    // these two and what follows: of the line it is in, under home's lock
    thread_task* previous_ = nullptr;
    std::int64_t submitted_ = 0; // a mark, see pool/thread_counts.hpp; set before anybody can claim it
    std::uint8_t lane_ = 0;
    bool queued_ = false;
    std::atomic<bool> settled_{false};     // by who claimed the task, or who runs a callback that was added late
    bool settle_before_callbacks_ = false; // set by who claimed it, before it is ready
    bool waits_for_room_ = false;          // in no queue yet: see pool/thread_crew_room.cpp; guarded by the crew's mutex
};

} // namespace penstock::detail

// SPDX-License-Identifier: MIT
// Thread pools with a bound on unfinished tasks: who waits for room, and who gets it. Those that submit_later keeps come
// first, in their order, and nobody overtakes them. Such a task is one of those that wait_idle waits for; when it is
// cancelled meanwhile, whoever cancels takes it out of the count, and its turn passes.
#include "pool/thread_crew.hpp"

#include <penstock/errors.hpp>

#include <cstddef>
#include <exception>
#include <iterator>
#include <string>
#include <utility>

namespace penstock::pool {

namespace {

constexpr std::size_t few = 16;

/// Calls a function once, as the callback of a state that is not looked at.
class resumption final : public detail::callback {
public:
    explicit resumption(std::function<void()> resume) noexcept : resume_(std::move(resume)) {}
    void run(detail::shared_state&) noexcept override {
        const std::unique_ptr<resumption> self(this);
        try {
            resume_();
        } catch (...) {
            detail::report_callback_exception();
        }
    }

private:
    std::function<void()> resume_;
};

} // namespace

/// Counts one more unfinished task. False where that would be waiting.
bool thread_crew::wait_for_room(bool may_wait) {
    if (may_wait) detail::run_deferred_callbacks(); // what makes room may wait for these
    std::unique_lock lock(mutex_);
    if (!has_room() && !closed_ && !broken_) {
        if (!may_wait) return false;
        if (this_worker(this) != nullptr)
            throw queue_full("penstock: " + std::to_string(options_.max_pending) +
                             " tasks are unfinished (pool_options.max_pending), and submit in a task or callback of the "
                             "same thread pool could wait for itself; use try_submit or submit_async");
        room_.wait(lock, [this] { return has_room() || closed_ || broken_; });
    }
    ++unfinished_;
    return true;
}

bool thread_crew::submit_later(detail::thread_task& task, task_priority priority, std::function<void()> resume) {
    if (!started_.load(std::memory_order_acquire)) start_first();
    if (is_bounded()) {
        auto callback = std::make_unique<resumption>(std::move(resume));
        const std::lock_guard lock(mutex_);
        if (!has_room() && !closed_ && !broken_) {
            later_.push_back({broadcasts::task_ref::share(&task), priority, std::move(callback)}); // may throw
            task.home_.store(&shared_, std::memory_order_release); // it is in no queue, but has a crew
            task.waits_for_room_ = true;
            ++waiting_for_room_;
            return true;
        }
        ++unfinished_;
    }
    accept(task, priority);
    return false;
}

/// One task less is unfinished. Gives the one that is submitted instead, or an empty one.
thread_crew::later_submit thread_crew::make_room() noexcept {
    --unfinished_;
    if (unfinished_ >= options_.max_pending) return {}; // a broadcast was above the bound
    while (!later_.empty()) {
        later_submit next = std::move(later_.front());
        later_.pop_front();
        if (!std::exchange(next.task->waits_for_room_, false)) continue; // cancelled
        --waiting_for_room_;
        ++unfinished_;
        shared_.push(*next.task, next.priority); // which is not sealed, or nobody would wait
        return next;
    }
    room_.notify_one();
    return {};
}

/// From time to time, when most of the list is of those: it costs a step or two for each of them.
std::list<thread_crew::later_submit> thread_crew::take_cancelled() noexcept {
    std::list<later_submit> cancelled;
    if (later_.size() <= 2 * waiting_for_room_ + few) return cancelled;
    for (auto each = later_.begin(); each != later_.end();) {
        const auto next = std::next(each);
        if (!each->task->waits_for_room_) cancelled.splice(cancelled.end(), later_, each);
        each = next;
    }
    return cancelled;
}

void thread_crew::go_on(later_submit& next) noexcept { detail::run_callbacks_here(next.resume.release(), *next.task); }

/// The pool was shut down, or is broken.
void thread_crew::refuse_later(std::list<later_submit>& waiting, const std::optional<std::string>& broken) {
    for (later_submit& each : waiting) {
        if (!each.task->discard()) continue;
        each.task->fail(broken ? broken_by(*broken)
                               : std::make_exception_ptr(pool_closed("penstock: " + each.task->name() +
                                                                     " waited for room when its thread pool was shut down")),
                        broken ? task_end::error : task_end::cancelled);
    }
    for (later_submit& each : waiting) go_on(each); // which may wait for all of these
}

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// Tasks for all workers of a thread pool. None is lost behind a thread that waits: whoever waits for a call answers those
// that it has not heard, and else a stand-in comes, which has not heard any.
#include "pool/thread_crew.hpp"

#include <penstock/errors.hpp>

#include <exception>
#include <string>
#include <system_error>
#include <utility>

namespace penstock::pool {

bool thread_crew::broadcast(std::vector<broadcasts::task_ref>& tasks) {
    for (const auto& each : tasks) {
        each->home_.store(&called_home_, std::memory_order_release);
        each->submitted_ = thread_counts::mark(0);
    }
    std::unique_lock lock(mutex_);
    if (closed_) throw pool_closed("penstock: this thread pool was shut down and takes no more tasks");
    if (tasks.size() != workers()) return false;
    if (const auto broken = broken_) {
        lock.unlock();
        for (const auto& each : tasks) {
            each->discard();
            refuse_broken(*each, *broken);
        }
        return true;
    }
    start_all();
    calls_.announce(std::move(tasks));
    if (is_bounded()) unfinished_ += workers();
    count_missing();
    lock.unlock();
    wake_all();
    return true;
}

/// A thread for each worker, so that each can answer.
void thread_crew::start_all() try {
    while (call_resting()) {
    }
    while (active_ + resting_ < permits_) add_worker();
    started_ = true;
} catch (const std::system_error& refused) {
    throw std::system_error(refused.code(), "penstock: a broadcast needs all " + std::to_string(workers()) +
                                                " worker threads, and only " + std::to_string(active_ + resting_) +
                                                " could be started; resize the pool, or raise the limits");
}

detail::thread_task* thread_crew::answer_call(worker& me, bool while_paused) noexcept {
    const std::lock_guard lock(mutex_);
    if (paused_ && !while_paused) return nullptr;
    auto task = calls_.take(me.heard);
    count_missing();
    if (surplus_ != 0 && calls_.empty()) { // those were kept for this
        needed_.notify_all();
        wake_all();
    }
    return task.detach();
}

/// By a worker that waits for one of them.
bool thread_crew::answer_calls(worker& me) {
    bool answered = false;
    while (me.heard != calls_.announced()) {
        const auto task = detail::state_ref<detail::thread_task>::adopt(answer_call(me, true));
        if (!task) continue;
        run(me, *task);
        answered = true;
    }
    return answered;
}

} // namespace penstock::pool

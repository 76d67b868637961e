// SPDX-License-Identifier: MIT
// Tasks for all workers of a thread pool. None is lost behind threads that wait: for each of these another one comes while a
// call is open, so that as many threads as there are tasks can always run; and who waits for a call answers it.
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
    const bool each_has_one = start_all();
    calls_.announce(std::move(tasks));
    if (!each_has_one) calls_.let_anyone_take();
    if (is_bounded()) unfinished_ += workers();
    count_missing();
    while (call_resting()) { // in the place of those that wait
    }
    lock.unlock();
    wake_all();
    return true;
}

/// A thread for each worker, and for each one that waits, so that as many can answer. False when those who wait have to.
bool thread_crew::start_all() try {
    while (call_resting()) {
    }
    while (active_ + resting_ < workers() + asleep()) {
        add_worker();
        started_ = true;
    }
    return true;
} catch (const std::system_error& refused) {
    if (active_ + resting_ >= workers()) return ++refusals_, false;
    throw std::system_error(refused.code(), "penstock: a broadcast needs all " + std::to_string(workers()) +
                                                " worker threads, and only " + std::to_string(active_ + resting_) +
                                                " could be started; resize the pool, or raise the limits");
}

detail::thread_task* thread_crew::answer_call(worker& me) noexcept {
    const std::lock_guard lock(mutex_);
    if (paused_) return nullptr;
    auto task = calls_.take(me, me.heard);
    after_answer();
    return task.detach();
}

/// By a worker that waits for `task`: its own share of the same call, if it has not had it. While an older one is open that
/// it has not answered others do that, as they all answer in the same order; in a paused pool there are no others.
bool thread_crew::answer_own(worker& me, const detail::thread_task& task) {
    broadcasts::task_ref own;
    {
        const std::lock_guard lock(mutex_);
        own = calls_.take_beside(task, me, paused_);
        after_answer();
    }
    if (!own) return false;
    run(me, *own);
    return true;
}

/// Holds mutex_.
void thread_crew::after_answer() noexcept {
    count_missing();
    if (surplus_ == 0 || !calls_.empty()) return;
    needed_.notify_all(); // those were kept for this
    wake_all();
}

/// What it waits for may wait itself for something that nobody runs yet.
void thread_worker::block(bool beside_me) noexcept {
    {
        const std::lock_guard lock(crew->mutex_);
        ++(beside_me ? crew->blocked_ : crew->blocked_elsewhere_);
        crew->count_missing();
        if (crew->missing_ <= 0) return;
        crew->refused_until_ = {};
    }
    if (crew->work_is_waiting()) crew->signal();
    crew->bring_for_calls();
}

void thread_worker::unblock(bool beside_me) noexcept {
    const std::lock_guard lock(crew->mutex_);
    --(beside_me ? crew->blocked_ : crew->blocked_elsewhere_);
    crew->count_missing();
}

/// Those that sleep or search may have answered, so another one must come. Where none can be had, those that are there
/// answer for it.
void thread_crew::bring_for_calls() noexcept {
    arrival last = arrival::came;
    {
        const std::lock_guard lock(mutex_);
        if (calls_.empty()) return;
        refused_until_ = {};
        while (last == arrival::came) last = try_to_bring();
        if (last == arrival::refused) calls_.let_anyone_take();
    }
    if (last == arrival::nobody_is_left) fail_stranded();
    if (last == arrival::refused) wake_all();
}

} // namespace penstock::pool

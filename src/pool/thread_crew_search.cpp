// SPDX-License-Identifier: MIT
// How a worker of a thread pool finds its next task, and who is woken when there is one.
#include "future/futex.hpp"
#include "pool/thread_crew.hpp"

#include <penstock/init.hpp>

#include <algorithm>

namespace penstock::pool {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_at_once = 16;
constexpr unsigned turn_of_others = 16;
constexpr auto longest_look = 20us;

} // namespace

/// Null when the worker shall end.
detail::thread_task* thread_crew::next(worker& me) {
    bool searched = true; // a thread begins by searching
    for (;;) {
        if (abandoning_.load()) return nullptr;
        if (detail::thread_task* task = find(me, &missing_)) {
            if (searched) {
                search_.store(0);
                if (work_is_waiting()) signal();
            }
            return task;
        }
        if (over()) {
            search_.store(0); // before we look for the last time
            if (!work_is_waiting_for(me)) return tell_waiting(), nullptr;
        }
        searched = true;
        if (!idle(me)) return nullptr;
    }
}

/// A task that is claimed now.
detail::thread_task* thread_crew::find(worker& me, thread_queue::limit allowed) {
    if (me.heard != calls_.announced())
        if (detail::thread_task* task = answer_call(me)) return task;
    while (detail::thread_task* task = take(me, allowed)) {
        if (task->claim()) return task;
        task->release(); // it was cancelled or helped
    }
    return nullptr;
}

detail::thread_task* thread_crew::take(worker& me, thread_queue::limit allowed) {
    if (++me.takes % turn_of_others == 0)
        if (detail::thread_task* task = steal(me, allowed)) return task;
    if (shared_.has_special()) {
        if (detail::thread_task* task = shared_.take_in_turn(allowed, me.queue)) return task;
        return steal(me, allowed);
    }
    if (me.queue.size() != 0)
        if (detail::thread_task* task = me.queue.take(allowed, 1, nullptr)) return task;
    if (const std::size_t waiting = shared_.size(); waiting != 0) {
        const std::size_t share = std::min(waiting / (2 * workers()) + 1, most_at_once);
        if (detail::thread_task* task = shared_.take(allowed, share, &me.queue)) return task;
    }
    return steal(me, allowed);
}

detail::thread_task* thread_crew::steal(worker& me, thread_queue::limit allowed) {
    worker* const newest = newest_.load(std::memory_order_acquire);
    worker* const first = me.victim != nullptr ? me.victim : newest; // the one that had something last time
    worker* victim = first;
    do {
        if (const std::size_t waiting = victim->queue.size(); victim != &me && waiting != 0) {
            const std::size_t share = std::min(waiting / 8 + 1, most_at_once);
            if (detail::thread_task* task = victim->queue.take(allowed, share, &me.queue)) {
                me.victim = victim;
                return task;
            }
        }
        victim = victim->next != nullptr ? victim->next : newest;
    } while (victim != first);
    return nullptr;
}

bool thread_crew::work_is_waiting() const noexcept {
    if (shared_.size() != 0) return true;
    for (const worker* each = newest_.load(std::memory_order_acquire); each != nullptr; each = each->next)
        if (each->queue.size() != 0) return true;
    return false;
}

/// There is a task more than before: somebody must look for it.
void thread_crew::signal() noexcept {
    if (search_.load() != 0 || spinning_.load()) return;
    if (sleepers_.load() == 0 && missing_.load() <= 0) return;
    if (search_.exchange(1) != 0) return;
    if (sleepers_.load() == 0) return bring_worker(); // the one that was seen may be awake by now
    epoch_.fetch_add(1);
    detail::futex_wake_one(epoch_);
}

void thread_crew::wake_all() noexcept {
    epoch_.fetch_add(1);
    detail::futex_wake_all(epoch_);
}

/// False when the thread is to end.
bool thread_crew::idle(worker& me) {
    tell_waiting();
    if (missing_.load(std::memory_order_relaxed) < 0) return rest(me);
    if (!spin(me)) sleep(me);
    return true;
}

std::atomic<bool> thread_crew::several_cpus_{false};

/// Workers find it out when they have nothing to do, as it takes reading some files.
bool thread_crew::may_spin() noexcept {
    static const bool several = available_cpus() > 1;
    several_cpus_.store(several, std::memory_order_relaxed);
    return several;
}

/// True when there may be a task. One worker at a time, so that the others' processors are free.
bool thread_crew::spin(worker& me) {
    if (over() || !may_spin() || spinning_.exchange(true)) return false;
    const bool found = me.spins.look(longest_look, [this, &me] { return work_is_waiting_for(me) || over(); });
    spinning_.store(false); // from here on a submit wakes somebody
    return found;
}

void thread_crew::sleep(const worker& me) {
    sleepers_.fetch_add(1);
    const auto seen = epoch_.load();
    search_.store(0); // a submit sees the sleeper or nobody searching, or we see its task below
    const bool shall_rest = missing_.load() < 0; // it is changed before epoch_
    if (!shall_rest && !work_is_waiting_for(me) && !over()) detail::futex_wait(epoch_, seen, std::nullopt);
    sleepers_.fetch_sub(1);
}

/// There are more threads than may work. False when this one is to end.
bool thread_crew::rest(worker& me) {
    search_.store(0);
    if (work_is_waiting()) signal(); // what is in our queue is for others
    std::unique_lock lock(mutex_);
    if (missing_ >= 0 || ended_) return true;
    --active_;
    ++resting_;
    count_missing();
    needed_.wait(lock, [this] { return called_ != 0 || (surplus_ != 0 && calls_.empty()) || ended_; });
    if (called_ != 0) return --called_, true;
    --resting_;
    if (ended_) return ++active_, count_missing(), true;
    --surplus_;
    me.active = false;
    return false;
}

} // namespace penstock::pool

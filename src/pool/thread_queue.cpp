// SPDX-License-Identifier: MIT
#include "pool/thread_queue.hpp"

#include "pool/lock_soon.hpp"
#include "pool/thread_counts.hpp"

namespace penstock::pool {

namespace {

bool is_forbidden(thread_queue::limit allowed) noexcept {
    return allowed != nullptr && allowed->load(std::memory_order_relaxed) < 0;
}

/// A few instructions are what anybody holds one for.
class lock : public std::unique_lock<std::mutex> {
public:
    explicit lock(std::mutex& mutex) : std::unique_lock<std::mutex>(mutex, std::defer_lock) { lock_soon(*this); }
};

} // namespace

thread_queue::~thread_queue() {
    while (task* left = take_any()) left->release();
}

void thread_queue::add(task& added, std::size_t lane) noexcept {
    added.home_.store(this, std::memory_order_release);
    added.lane_ = static_cast<std::uint8_t>(lane);
    added.queued_ = true;
    lines_[lane].push_back(added);
    if (lane != normal) special_.store(special_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void thread_queue::drop(task& one) noexcept {
    lines_[one.lane_].remove(one);
    one.queued_ = false;
    if (one.lane_ != normal) special_.store(special_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
    size_.store(size_.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
}

thread_queue::task* thread_queue::pop(std::size_t lane) noexcept {
    if (lines_[lane].empty()) return nullptr;
    task& first = lines_[lane].front();
    drop(first);
    return &first;
}

bool thread_queue::push(task& added, task_priority priority) noexcept {
    added.retain();
    const lock here(mutex_);
    if (sealed_) {
        added.release(); // not the last reference
        return false;
    }
    const std::uint64_t earlier = pushed_.load(std::memory_order_relaxed);
    added.submitted_ = thread_counts::mark(earlier);
    add(added, static_cast<std::size_t>(priority) + 1);
    pushed_.store(earlier + 1, std::memory_order_release);
    size_.store(size_.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst); // a sleeper looks at it at last
    return true;
}

void thread_queue::seal() noexcept {
    const std::lock_guard lock(mutex_);
    sealed_ = true;
}

thread_queue::task* thread_queue::take(limit allowed, std::size_t most, thread_queue* into) noexcept {
    task_line others;
    lock here(mutex_);
    if (is_forbidden(allowed)) return nullptr;
    task* first = pop(normal);
    while (first != nullptr && --most != 0) {
        task* next = pop(normal);
        if (next == nullptr) break;
        next->home_.store(into, std::memory_order_release); // under the lock of the one that it leaves: see lock_home
        others.push_back(*next);
    }
    here.unlock();
    if (!others.empty()) into->adopt(others);
    return first;
}

void thread_queue::adopt(task_line& chain) noexcept {
    const lock here(mutex_);
    std::size_t count = 0;
    for (; task* each = chain.pop_front(); ++count) add(*each, normal);
    size_.store(size_.load(std::memory_order_relaxed) + count, std::memory_order_seq_cst);
}

priority_turns::waiting thread_queue::waiting(const thread_queue& own) const noexcept {
    return {!lines_[1].empty(), !lines_[normal].empty() || !own.lines_[normal].empty(), !lines_[3].empty()};
}

thread_queue::task* thread_queue::take_in_turn(limit allowed, thread_queue& own) noexcept {
    const lock here(mutex_);
    const lock there(own.mutex_);
    if (is_forbidden(allowed)) return nullptr;
    if (task* first = pop(urgent)) return first;
    const auto waits = waiting(own);
    if (!waits[0] && !waits[1] && !waits[2]) return nullptr;
    const std::size_t which = turns_.next(waits);
    task* chosen = which + 1 == normal ? own.pop(normal) : nullptr;
    if (chosen == nullptr) chosen = pop(which + 1);
    turns_.took(which, waiting(own));
    return chosen;
}

thread_queue::task* thread_queue::take_any() noexcept {
    const std::lock_guard lock(mutex_);
    for (std::size_t lane = 0; lane != lines_.size(); ++lane)
        if (task* first = pop(lane)) return first;
    return nullptr;
}

/// Null, and nothing locked, when the task is in no queue. It may move to another one while we wait for the lock, but not
/// while we have it: a task gets a new home under the lock of the old one, and is in no queue until it has arrived.
thread_queue* thread_queue::lock_home(task& one, std::unique_lock<std::mutex>& lock) noexcept {
    for (;;) {
        thread_queue* home = one.home_.load(std::memory_order_acquire);
        if (home == nullptr) return nullptr;
        lock = std::unique_lock(home->mutex_);
        if (one.home_.load(std::memory_order_relaxed) == home) return one.queued_ ? home : nullptr;
        lock.unlock();
    }
}

void thread_queue::forget(task& one) noexcept {
    {
        std::unique_lock<std::mutex> lock;
        thread_queue* home = lock_home(one, lock);
        if (home == nullptr) return;
        home->drop(one);
    }
    one.release();
}

void thread_queue::hurry(task& one, thread_queue& shared) noexcept {
    {
        std::unique_lock<std::mutex> lock;
        thread_queue* home = lock_home(one, lock);
        if (home == nullptr) return;
        home->drop(one);
        one.home_.store(&shared, std::memory_order_release);
    }
    const std::lock_guard lock(shared.mutex_);
    shared.add(one, urgent);
    shared.size_.store(shared.size_.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);
}

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// Tasks that a thread pool has still to run. The pool has one queue that everybody feeds (the injection queue), with a
// line for each class of priority and one for urgent tasks before them, and each worker has one of its own, in which only
// the line of normal tasks is used.
//
// Threads: any; each queue has a lock. Where two are held, the shared queue's is taken first. A queue holds one reference
// to each of its tasks, which whoever takes a task gets. What it yields may have been claimed since; the caller checks.
//
// `allowed` may be null; else nothing is given while it points to a negative number: the pool has more threads than it
// shall have. It is looked at under the lock, so that a task that was added after the number fell is never given.
#pragma once

#include "pool/priority_turns.hpp"
#include "pool/task_line.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace penstock::pool {

class thread_queue {
    using task = detail::thread_task;

public:
    using limit = const std::atomic<int>*;

    explicit thread_queue(thread_crew& crew) noexcept : crew_(crew) {}
    thread_queue(const thread_queue&) = delete;
    thread_queue& operator=(const thread_queue&) = delete;
    ~thread_queue();

    thread_crew& crew() const noexcept { return crew_; }
    std::size_t size() const noexcept { return size_.load(std::memory_order_seq_cst); }
    /// Whether some task is not just a normal one: then whose turn it is must be asked.
    bool has_special() const noexcept { return special_.load(std::memory_order_relaxed) != 0; }
    /// Whether a task waits that hurry() put here.
    bool has_urgent() noexcept {
        if (!has_special()) return false;
        const std::lock_guard lock(mutex_);
        return !lines_[urgent].empty();
    }
    /// How many were ever pushed.
    std::uint64_t pushed() const noexcept { return pushed_.load(std::memory_order_acquire); }

    /// False when the queue was sealed.
    bool push(task& added, task_priority priority) noexcept;
    /// Takes nothing any more.
    void seal() noexcept;
    /// The oldest of the normal tasks. With room in `into`, up to `most` in all: the others go there.
    task* take(limit allowed, std::size_t most, thread_queue* into) noexcept;
    /// Of all lines the task whose turn it is; `own` is a worker's queue, whose tasks count as the oldest normal ones.
    task* take_in_turn(limit allowed, thread_queue& own) noexcept;
    /// Whatever there is.
    task* take_any() noexcept;

    /// Takes a task out of the queue in which it is, if it is in one, and drops that queue's reference.
    static void forget(task& one) noexcept;
    /// Lets a task that waits in some queue be the next one of `shared`.
    static void hurry(task& one, thread_queue& shared) noexcept;

private:
    static constexpr std::size_t urgent = 0, normal = 2; // high and low are beside normal

    void add(task& added, std::size_t lane) noexcept; // these hold mutex_
    void drop(task& one) noexcept;
    task* pop(std::size_t lane) noexcept;
    priority_turns::waiting waiting(const thread_queue& own) const noexcept;
    void adopt(task_line& chain) noexcept;
    static thread_queue* lock_home(task& one, std::unique_lock<std::mutex>& lock) noexcept;

    thread_crew& crew_;
    std::mutex mutex_;
    std::array<task_line, priority_classes + 1> lines_;
    priority_turns turns_;
    bool sealed_ = false;
    std::atomic<std::size_t> size_{0};
    std::atomic<std::size_t> special_{0};
    std::atomic<std::uint64_t> pushed_{0};
};

} // namespace penstock::pool

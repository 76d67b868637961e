// SPDX-License-Identifier: MIT
// The tasks a thread pool has still to run, first in, first out, with a second line for urgent ones. Threaded
// through the tasks, so that pushing never fails. One thread at a time: thread_crew calls it under its lock.
// It holds one reference to each task, which pop() hands on. What it yields may have been claimed since; the
// caller checks.
#pragma once

#include <penstock/detail/thread_task.hpp>

#include <cstddef>
#include <deque>
#include <utility>

namespace penstock::pool {

class thread_queue {
public:
    thread_queue() = default;
    thread_queue(const thread_queue&) = delete;
    thread_queue& operator=(const thread_queue&) = delete;
    ~thread_queue() {
        while (detail::thread_task* task = pop()) task->release();
    }

    bool empty() const noexcept { return first_ == nullptr && urgent_.empty(); }

    void push(detail::thread_task& task) noexcept {
        task.retain();
        task.next_ = nullptr;
        (first_ == nullptr ? first_ : last_->next_) = &task;
        last_ = &task;
    }
    /// Lets a task that is in the queue already be the next one; its old place then yields it once more.
    void push_urgent(detail::thread_task& task) {
        urgent_.push_back(&task);
        task.retain();
    }
    detail::thread_task* pop() noexcept {
        if (!urgent_.empty()) {
            detail::thread_task* task = urgent_.front();
            urgent_.pop_front();
            return task;
        }
        return first_ == nullptr ? nullptr : std::exchange(first_, first_->next_);
    }

private:
    detail::thread_task* first_ = nullptr;
    detail::thread_task* last_ = nullptr;
    std::deque<detail::thread_task*> urgent_; // a task may stand here and above at once, so no links
};

} // namespace penstock::pool

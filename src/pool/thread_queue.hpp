// SPDX-License-Identifier: MIT
// The tasks a thread pool has still to run: one line for each class of priority, first in, first out within it, and one
// for urgent tasks before them. Threaded through the tasks, so that pushing never fails. One thread at a time:
// thread_crew calls it under its lock. It holds one reference to each task, which pop() hands on. What it yields may
// have been claimed since; the caller checks.
#pragma once

#include "pool/priority_turns.hpp"

#include <penstock/detail/thread_task.hpp>

#include <array>
#include <cstddef>
#include <deque>

namespace penstock::pool {

class thread_queue {
public:
    thread_queue() = default;
    thread_queue(const thread_queue&) = delete;
    thread_queue& operator=(const thread_queue&) = delete;
    ~thread_queue() {
        while (detail::thread_task* task = pop()) task->release();
    }

    bool empty() const noexcept { return urgent_.empty() && !lines_[0].first && !lines_[1].first && !lines_[2].first; }

    void push(detail::thread_task& task) noexcept {
        line& chosen = lines_[static_cast<std::size_t>(task.priority_)];
        task.retain();
        task.next_ = nullptr;
        (chosen.first == nullptr ? chosen.first : chosen.last->next_) = &task;
        chosen.last = &task;
    }
    /// Lets a task that is in the queue already be the next one; its old place then yields it once more.
    void push_urgent(detail::thread_task& task) {
        urgent_.push_back(&task);
        task.retain();
    }
    detail::thread_task* pop() noexcept {
        if (empty()) return nullptr;
        if (!urgent_.empty()) {
            detail::thread_task* task = urgent_.front();
            urgent_.pop_front();
            return task;
        }
        const std::size_t which = turns_.next(waiting());
        detail::thread_task* task = lines_[which].first;
        lines_[which].first = task->next_;
        turns_.took(which, waiting());
        return task;
    }

private:
    struct line {
        detail::thread_task* first = nullptr;
        detail::thread_task* last = nullptr;
    };

    priority_turns::waiting waiting() const noexcept {
        return {lines_[0].first != nullptr, lines_[1].first != nullptr, lines_[2].first != nullptr};
    }

    std::array<line, priority_classes> lines_;
    priority_turns turns_;
    std::deque<detail::thread_task*> urgent_; // a task may stand here and above at once, so no links
};

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// The queue of a process pool: one line for each class of priority, first in, first out within it. front() is stable
// until a task is taken, added or removed. One thread at a time; it does not own the tasks.
#pragma once

#include "pool/priority_turns.hpp"
#include "pool/work_queue.hpp"

namespace penstock::pool {

class prioritized_queue {
public:
    bool empty() const noexcept { return size() == 0; }
    std::size_t size() const noexcept { return lines_[0].size() + lines_[1].size() + lines_[2].size(); }
    /// What is to be given to a worker next; null when there is nothing.
    task_entry* front() const noexcept { return empty() ? nullptr : lines_[turns_.next(waiting())].front(); }

    void push_back(task_entry& entry) noexcept { line_of(entry).push_back(entry); }
    /// Back where it came from.
    void push_front(task_entry& entry) noexcept { line_of(entry).push_front(entry); }
    /// Without having had its turn.
    void remove(task_entry& entry) noexcept { line_of(entry).remove(entry); }
    /// It has had its turn.
    void take(task_entry& entry) noexcept {
        remove(entry);
        turns_.took(static_cast<std::size_t>(entry.priority), waiting());
    }
    task_entry* pop_front() noexcept {
        task_entry* entry = front();
        if (entry != nullptr) take(*entry);
        return entry;
    }

private:
    work_queue& line_of(const task_entry& entry) noexcept { return lines_[static_cast<std::size_t>(entry.priority)]; }
    priority_turns::waiting waiting() const noexcept { return {!lines_[0].empty(), !lines_[1].empty(), !lines_[2].empty()}; }

    std::array<work_queue, priority_classes> lines_;
    priority_turns turns_;
};

} // namespace penstock::pool

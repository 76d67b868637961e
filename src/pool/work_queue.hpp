// SPDX-License-Identifier: MIT
// A first-in-first-out list of tasks threaded through the tasks themselves: no allocation, removal anywhere in constant
// time. It does not own them. One thread at a time.
#pragma once

#include "pool/task_entry.hpp"

namespace penstock::pool {

class work_queue {
public:
    bool empty() const noexcept { return first_ == nullptr; }
    std::size_t size() const noexcept { return size_; }
    task_entry* front() const noexcept { return first_; }
    task_entry* back() const noexcept { return last_; }

    void push_back(task_entry& entry) noexcept { insert_between(entry, last_, nullptr); }
    void push_front(task_entry& entry) noexcept { insert_between(entry, nullptr, first_); }
    void remove(task_entry& entry) noexcept {
        (entry.previous != nullptr ? entry.previous->next : first_) = entry.next;
        (entry.next != nullptr ? entry.next->previous : last_) = entry.previous;
        entry.previous = entry.next = nullptr;
        --size_;
    }
    task_entry* pop_front() noexcept {
        task_entry* entry = first_;
        if (entry != nullptr) remove(*entry);
        return entry;
    }
    task_entry* pop_back() noexcept {
        task_entry* entry = last_;
        if (entry != nullptr) remove(*entry);
        return entry;
    }

private:
    void insert_between(task_entry& entry, task_entry* before, task_entry* after) noexcept {
        entry.previous = before;
        entry.next = after;
        (before != nullptr ? before->next : first_) = &entry;
        (after != nullptr ? after->previous : last_) = &entry;
        ++size_;
    }

    task_entry* first_ = nullptr;
    task_entry* last_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace penstock::pool

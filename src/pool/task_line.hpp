// SPDX-License-Identifier: MIT
// Tasks in a row, first in, first out, threaded through the tasks themselves, so that adding one never fails and any one
// can be taken out of the middle. It owns nothing, and is used under the lock of its queue.
#pragma once

#include <penstock/detail/thread_task.hpp>

#include <cstddef>

namespace penstock::pool {

class task_line {
    using task = detail::thread_task;

public:
    bool empty() const noexcept { return first_ == nullptr; }
    std::size_t size() const noexcept { return size_; }

    void push_back(task& added) noexcept {
        added.next_ = nullptr;
        added.previous_ = last_;
        (last_ == nullptr ? first_ : last_->next_) = &added;
        last_ = &added;
        ++size_;
    }
    void remove(task& one) noexcept {
        (one.previous_ == nullptr ? first_ : one.previous_->next_) = one.next_;
        (one.next_ == nullptr ? last_ : one.next_->previous_) = one.previous_;
        --size_;
    }
    task& front() const noexcept { return *first_; }
    task* pop_front() noexcept {
        task* first = first_;
        if (first != nullptr) remove(*first);
        return first;
    }

private:
    task* first_ = nullptr;
    task* last_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace penstock::pool

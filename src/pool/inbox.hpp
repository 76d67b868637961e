// SPDX-License-Identifier: MIT
// Where threads that submit leave tasks without waiting for anybody, while it is open; whoever opened it comes by soon to
// take them. push() from any thread at any time; the rest under the owner's lock. It does not own the tasks, which are
// linked through `next`.
#pragma once

#include "pool/task_entry.hpp"

#include <atomic>
#include <utility>

namespace penstock::pool {

class inbox {
public:
    /// Closed at first.
    inbox() noexcept { closed_.next = nullptr; }
    inbox(const inbox&) = delete;
    inbox& operator=(const inbox&) = delete;

    bool is_open() const noexcept { return newest_.load(std::memory_order_relaxed) != &closed_; }
    void open() noexcept { newest_.store(nullptr, std::memory_order_relaxed); }
    /// False, and nothing happened, when it is closed.
    bool push(task_entry& entry) noexcept {
        task_entry* seen = newest_.load(std::memory_order_relaxed);
        do {
            if (seen == &closed_) return false;
            entry.next = seen;
        } while (!newest_.compare_exchange_weak(seen, &entry, std::memory_order_release, std::memory_order_relaxed));
        return true;
    }
    /// What was left since the last time, oldest first; null for nothing.
    task_entry* take() noexcept {
        task_entry* seen = newest_.load(std::memory_order_relaxed);
        if (seen == &closed_ || seen == nullptr) return nullptr;
        return oldest_first(newest_.exchange(nullptr, std::memory_order_acquire));
    }
    /// The same; from now on nobody leaves any more.
    task_entry* close() noexcept {
        task_entry* left = newest_.exchange(&closed_, std::memory_order_acquire);
        return left == &closed_ ? nullptr : oldest_first(left);
    }

private:
    static task_entry* oldest_first(task_entry* newest) noexcept {
        task_entry* first = nullptr;
        while (newest != nullptr) {
            task_entry* older = std::exchange(newest->next, first);
            first = std::exchange(newest, older);
        }
        return first;
    }

    task_entry closed_; // stands for "closed"
    std::atomic<task_entry*> newest_{&closed_};
};

} // namespace penstock::pool

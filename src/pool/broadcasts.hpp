// SPDX-License-Identifier: MIT
// Calls to all workers of a thread pool which some have still to answer. Each call has a number and a task for each of so
// many workers; a thread takes one task of each call that it has not heard yet, so no two tasks of a call come to the same
// thread.
//
// Threads: announced() from any; the rest under the crew's mutex. It holds one reference to each task that nobody took.
#pragma once

#include <penstock/detail/thread_task.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace penstock::pool {

class broadcasts {
public:
    using task_ref = detail::state_ref<detail::thread_task>;

    /// The number of the latest call; the first one's is 1.
    std::uint64_t announced() const noexcept { return announced_.load(std::memory_order_seq_cst); }
    /// Throws std::bad_alloc, and nothing happened.
    void announce(std::vector<task_ref> tasks) {
        calls_.push_back({announced() + 1, tasks.size(), std::move(tasks)});
        tasks_ += calls_.back().workers;
        announced_.store(calls_.back().number, std::memory_order_seq_cst); // a sleeper looks at it at last
    }
    /// A task, claimed, for the thread that has heard all calls up to `heard`, which it changes; empty when there is none.
    task_ref take(std::uint64_t& heard) noexcept {
        for (auto next = calls_.begin(); next != calls_.end();) {
            if (next->number <= heard) {
                ++next;
                continue;
            }
            heard = next->number;
            task_ref taken = claim_one(next->left);
            next = next->left.empty() ? calls_.erase(next) : next + 1;
            if (taken) return taken;
        }
        heard = announced();
        return {};
    }
    /// A task of whatever call, which may have been claimed; empty when there is none.
    task_ref take_any() noexcept {
        if (calls_.empty()) return {};
        task_ref taken = std::move(calls_.front().left.back());
        calls_.front().left.pop_back();
        if (calls_.front().left.empty()) calls_.pop_front();
        return taken;
    }

    /// How many tasks there ever were, and how many still wait to be taken.
    std::uint64_t tasks() const noexcept { return tasks_; }
    std::size_t left() const noexcept {
        std::size_t count = 0;
        for (const call& each : calls_)
            for (const task_ref& task : each.left) count += task->pending();
        return count;
    }
    bool empty() const noexcept { return calls_.empty(); }
    /// As many threads must there be to answer every call.
    std::size_t workers() const noexcept {
        std::size_t most = 0;
        for (const call& each : calls_) most = each.workers > most ? each.workers : most;
        return most;
    }

private:
    struct call {
        std::uint64_t number;
        std::size_t workers;
        std::vector<task_ref> left; // never empty
    };

    static task_ref claim_one(std::vector<task_ref>& tasks) noexcept {
        while (!tasks.empty()) {
            task_ref last = std::move(tasks.back());
            tasks.pop_back();
            if (last->claim()) return last;
        }
        return {};
    }

    std::deque<call> calls_; // oldest first
    std::uint64_t tasks_ = 0;
    std::atomic<std::uint64_t> announced_{0};
};

} // namespace penstock::pool

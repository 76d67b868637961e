// SPDX-License-Identifier: MIT
// Calls to all workers of a thread pool which some have still to answer. Each call has a number and a task for each of so
// many workers; a thread takes one task of each call at most, so no two tasks of a call come to the same thread.
//
// Threads: announced() from any; the rest under the crew's mutex. It holds one reference to each task that nobody took.
#pragma once

#include <penstock/detail/thread_task.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace penstock::pool {

struct thread_worker;

class broadcasts {
public:
    using task_ref = detail::state_ref<detail::thread_task>;

    /// The number of the latest call; the first one's is 1.
    std::uint64_t announced() const noexcept { return announced_.load(std::memory_order_seq_cst); }
    /// Throws std::bad_alloc, and nothing happened.
    void announce(std::vector<task_ref> tasks) {
        std::vector<const thread_worker*> takers;
        takers.reserve(tasks.size());
        const std::size_t workers = tasks.size();
        calls_.push_back({announced() + 1, workers, false, std::move(tasks), std::move(takers)});
        tasks_ += workers;
        announced_.store(calls_.back().number, std::memory_order_seq_cst); // a sleeper looks at it at last
    }
    /// A task, claimed, of the oldest call that this thread may answer; empty when there is none. `heard` is up to which call
    /// it has answered all.
    task_ref take(const thread_worker& me, std::uint64_t& heard) noexcept {
        for (auto next = calls_.begin(); next != calls_.end();) {
            if (next->number <= heard || !may_take(*next, me)) {
                ++next;
                continue;
            }
            heard = next->anyone ? next->number - 1 : next->number;
            task_ref taken = claim_one(*next, me);
            next = next->left.empty() ? calls_.erase(next) : next + 1;
            if (taken) return taken;
        }
        heard = announced();
        return {};
    }
    /// The same, of the call that `task` belongs to, if nobody took it and, unless `before_older`, there is no older one that
    /// this thread may answer.
    task_ref take_beside(const detail::thread_task& task, const thread_worker& me, bool before_older) noexcept {
        for (auto each = calls_.begin(); each != calls_.end(); ++each) {
            const bool is_it = std::any_of(each->left.begin(), each->left.end(),
                                           [&task](const task_ref& left) { return left.get() == &task; });
            if (!is_it) {
                if (!before_older && !each->anyone && may_take(*each, me)) return {};
                continue;
            }
            if (!may_take(*each, me)) return {};
            task_ref taken = claim_one(*each, me);
            remove_if_empty(each);
            return taken;
        }
        return {};
    }
    /// `worker` will be another thread.
    void forget(const thread_worker& worker) noexcept {
        for (call& each : calls_) std::erase(each.takers, &worker);
    }
    /// There are not as many threads to be had: from now on any may take any task of the calls that there are.
    void let_anyone_take() noexcept {
        std::uint64_t number = announced();
        for (call& each : calls_) {
            each.anyone = true;
            each.number = ++number;
        }
        announced_.store(number, std::memory_order_seq_cst);
    }
    /// A task of whatever call, which may have been claimed; empty when there is none.
    task_ref take_any() noexcept {
        if (calls_.empty()) return {};
        task_ref taken = std::move(calls_.front().left.back());
        calls_.front().left.pop_back();
        remove_if_empty(calls_.begin());
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
        bool anyone;
        std::vector<task_ref> left;                // never empty
        std::vector<const thread_worker*> takers; // has room for all
    };

    static bool may_take(const call& one, const thread_worker& me) noexcept {
        return one.anyone || std::find(one.takers.begin(), one.takers.end(), &me) == one.takers.end();
    }
    static task_ref claim_one(call& one, const thread_worker& me) noexcept {
        while (!one.left.empty()) {
            task_ref last = std::move(one.left.back());
            one.left.pop_back();
            if (!last->claim()) continue; // it was cancelled
            if (!one.anyone) one.takers.push_back(&me);
            return last;
        }
        return {};
    }
    void remove_if_empty(std::deque<call>::iterator one) noexcept {
        if (one->left.empty()) calls_.erase(one);
    }

    std::deque<call> calls_; // oldest first
    std::uint64_t tasks_ = 0;
    std::atomic<std::uint64_t> announced_{0};
};

} // namespace penstock::pool

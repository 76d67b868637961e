// SPDX-License-Identifier: MIT
// The verbs of workload.hpp for pools whose submit(f) gives a future.
#pragma once

#include "common/cannot_measure.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <future>
#include <mutex>
#include <utility>
#include <vector>

namespace penstock::bench {

/// Pool: submit(f), whose result has get(), valid(), and workers().
template <class Pool>
class future_peer {
public:
    static constexpr std::uint64_t handicap = 1;
    static constexpr unsigned smaller_fib = 0;

    explicit future_peer(std::size_t workers) : workers_(workers), pool_(workers) {}

    template <class F>
    std::uint64_t call(F f) {
        return pool_.submit(f).get();
    }
    template <class F>
    void inside(F f) {
        pool_
            .submit([&f] {
                f();
                return std::uint64_t{0};
            })
            .get();
    }
    std::uint64_t sum(std::uint64_t count) {
        auto answers = submit_all(count);
        std::uint64_t total = 0;
        for (auto& answer : answers) total += answer.get();
        return total;
    }
    std::uint64_t fib(unsigned) {
        throw cannot_measure("tasks that wait for tasks of their own pool would wait for ever");
    }
    /// As one does by hand: a few blocks for each worker.
    template <class F>
    void loop(std::size_t count, F body) {
        const std::size_t block = count / (4 * workers_) + 1;
        std::vector<decltype(pool_.submit([] { return std::uint64_t{0}; }))> blocks;
        for (std::size_t from = 0; from < count; from += block)
            blocks.push_back(pool_.submit([=] {
                for (std::size_t i = from; i != std::min(from + block, count); ++i) body(i);
                return std::uint64_t{0};
            }));
        for (auto& each : blocks) each.get();
    }
    template <class F>
    void pending(std::uint64_t count, F then) {
        std::mutex held;
        std::unique_lock lock(held);
        auto first = pool_.submit([&held] {
            const std::lock_guard wait(held);
            return std::uint64_t{0};
        });
        auto answers = submit_all(count);
        then();
        lock.unlock();
        first.get();
        for (auto& answer : answers) answer.get();
    }

protected:
    auto submit_all(std::uint64_t count) {
        std::vector<decltype(pool_.submit([count] { return count; }))> answers;
        answers.reserve(count);
        for (std::uint64_t i = 0; i != count; ++i) answers.push_back(pool_.submit([i] { return i; }));
        return answers;
    }

    std::size_t workers_;
    Pool pool_;
};

}  // namespace penstock::bench

// SPDX-License-Identifier: MIT
// What several rows share: the task that does nothing, and how they get a pool ready. All pools here are as the
// defaults make them but for the number of workers.
#pragma once

#include "common/require.hpp"

#include <penstock/process_pool.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace penstock::bench {

inline constexpr char ourselves[] = "Penstock";

inline std::uint64_t null_task(std::uint64_t number) { return number; }

/// The sum of 0..count-1, which `count` null tasks give back.
constexpr std::uint64_t sum_below(std::uint64_t count) { return count * (count - 1) / 2; }

/// Returns when every worker has run a task.
inline void wait_for_workers(process_pool& pool) {
    std::uint64_t sum = 0;
    for (auto& answer : pool.broadcast(null_task, std::uint64_t{1})) sum += answer.get();
    require(sum == pool.workers(), "the workers' first answers");
}

/// Submits them all, then takes all results.
template <class Pool>
void run_null_tasks(Pool& pool, std::uint64_t count) {
    std::vector<future<std::uint64_t>> answers;
    answers.reserve(count);
    for (std::uint64_t i = 0; i != count; ++i) answers.push_back(pool.submit(null_task, i));
    std::uint64_t sum = 0;
    for (auto& answer : answers) sum += answer.get();
    require(sum == sum_below(count), "the sum of the results");
}

/// The pool has seen that these tasks are short.
inline void train(process_pool& pool) {
    wait_for_workers(pool);
    run_null_tasks(pool, 10'000);
}

}  // namespace penstock::bench

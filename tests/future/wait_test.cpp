// SPDX-License-Identifier: MIT
// wait: how much it does for how many futures. What it gives back is part of the pools' contract.
#include "future/manual_task.hpp"

#include <penstock/wait.hpp>

#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>
#include <vector>

namespace penstock::test {
namespace {

/// How often `count` states are looked at until all, or the last of them, are ready.
std::size_t visits_for(std::size_t count, wait_until condition) {
    std::vector<manual_task> tasks(count);
    std::vector<future<int>> futures;
    for (auto& each : tasks) futures.push_back(each.get_future());
    std::size_t visits = 0;
    std::thread completing([&] {
        if (condition == wait_until::first_completed) return tasks.back()->complete(1);
        for (auto each = tasks.rbegin(); each != tasks.rend(); ++each) (*each)->complete(1);
    });
    // All of them may be ready before the wait begins, and then nothing is looked at twice.
    detail::wait_for_states(detail::states_of(futures), condition, detail::completion_queue::clock::time_point::max(), &visits);
    completing.join();
    return visits;
}

TEST(wait_for_futures, looks_at_each_of_many_a_few_times) {
    for (const auto condition : {wait_until::all_completed, wait_until::first_completed})
        for (const std::size_t count : {10u, 100u, 10'000u}) EXPECT_LE(visits_for(count, condition), 6 * count) << count;
}

TEST(wait_for_futures, waits_for_nobody_when_one_is_ready_already) {
    manual_task pending;
    manual_task ready;
    ready->complete(1);
    std::vector<future<int>> futures;
    futures.push_back(pending.get_future());
    futures.push_back(ready.get_future());
    EXPECT_EQ(wait(futures, wait_until::first_completed).done, std::vector<std::size_t>{1});
    EXPECT_EQ(pending->asides, 0);
    manual_task failed;
    failed->fail(std::make_exception_ptr(std::runtime_error("x")));
    futures.push_back(failed.get_future());
    EXPECT_EQ(wait(futures, wait_until::first_exception).not_done, std::vector<std::size_t>{0});
    EXPECT_EQ(pending->asides, 0);
}

} // namespace
} // namespace penstock::test

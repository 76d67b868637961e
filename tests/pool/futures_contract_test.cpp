// SPDX-License-Identifier: MIT
// What the futures of pools can be made into, for the pools that there are.
#include "futures_contract.hpp"

#include <penstock/process_pool.hpp>
#include <penstock/thread_pool.hpp>

PENSTOCK_FUTURES_CONTRACT(threads, ::testing::Types<penstock::thread_pool>);
PENSTOCK_FUTURES_CONTRACT(processes, ::testing::Types<penstock::process_pool>);

namespace penstock::test {
namespace {

// In a task, all of the pool's workers being busy with it.

TEST(futures_of_threads, are_waited_for_in_tasks_of_the_same_pool) {
    thread_pool pool{{.workers = 1}};
    auto outer = pool.submit([&] {
        auto chain = pool.submit(same, 1).then([&](int x) { return pool.submit(same, x + 1); });
        auto all = when_all(pool.submit(same, 1), pool.submit(same, 2).then(pool, doubled));
        auto any = when_any(pool.submit(same, 1).then([](int x) { return x; }), future<int>(pool.submit(same, 2)));
        auto late = pool.submit(same, 1).then([&](int x) { return pool.submit(same, x + 3); });
        std::vector<future<int>> many;
        for (int i = 0; i < 10; ++i) many.push_back(pool.submit(same, i).then(pool, doubled));
        EXPECT_EQ(wait(many, wait_until::all_completed, a_minute).not_done.size(), 0u);
        EXPECT_EQ(chain.get(), 2);
        auto [first, second] = all.get();
        EXPECT_EQ(first.get() + second.get(), 5);
        EXPECT_LT(any.get().index, 2u);
        return result_of(late);
    });
    EXPECT_EQ(result_of(outer), 4);
}

TEST(futures_of_both, are_waited_for_in_the_task_that_they_need_the_worker_of) {
    thread_pool threads{{.workers = 1}};
    process_pool processes{{.workers = 1}};
    auto outer = threads.submit([&] {
        return processes.submit(same, 1).then(threads, [](int x) { return x + 1; }).then(processes, doubled).get();
    });
    EXPECT_EQ(result_of(outer), 4);
}

TEST(futures_of_both, are_waited_for_together) {
    thread_pool threads{{.workers = 1}};
    process_pool processes{{.workers = 1}};
    std::vector<future<int>> futures;
    for (int i = 0; i < 10; ++i) {
        futures.push_back(threads.submit(same, i));
        futures.push_back(processes.submit(same, i));
        futures.push_back(make_ready_future(i));
    }
    EXPECT_EQ(wait(futures, wait_until::all_completed, a_minute).done.size(), 30u);
    int sum = 0;
    for (auto& each : result_of(when_all(std::move(futures)))) sum += each.get();
    EXPECT_EQ(sum, 3 * 45);
}

} // namespace
} // namespace penstock::test

// SPDX-License-Identifier: MIT
// for_each_index in a thread pool: what it may capture, where it may be called, and what it leaves behind.
#include "contract/tools.hpp"

#include <penstock/thread_pool.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

namespace penstock::test {
namespace {

class loops : public ::testing::TestWithParam<std::size_t> {
protected:
    thread_pool pool{{.workers = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(workers, loops, ::testing::Values(1, 2, 5));

TEST_P(loops, touch_each_item_once) {
    for (const std::size_t size : {1u, 2u, 7u, 1000u, 100'000u}) {
        std::vector<int> touched(size);
        pool.for_each_index(size, [&](std::size_t i) { ++touched[i]; });
        EXPECT_EQ(touched, std::vector<int>(size, 1));
    }
}

TEST_P(loops, call_the_very_object_and_not_a_copy) {
    struct counter {
        std::atomic<int> calls{0};
        std::unique_ptr<int> not_copyable;
        void operator()(int) { ++calls; }
    } count;
    pool.for_each_index(100, count);
    EXPECT_EQ(count.calls, 100);
}

TEST_P(loops, run_in_tasks_of_the_own_pool) {
    std::atomic<long> sum{0};
    pool.for_each_index(10, [&](int i) { pool.for_each_index(10, [&](int j) { sum += i * j; }); });
    EXPECT_EQ(sum, 45 * 45);
}

TEST_P(loops, reach_the_ends_of_a_type) {
    std::atomic<int> calls{0};
    pool.for_each_index(std::numeric_limits<std::int8_t>::min(), std::numeric_limits<std::int8_t>::max(),
                        [&](std::int8_t) { ++calls; });
    EXPECT_EQ(calls, 255);
    pool.for_each_index(std::numeric_limits<std::uint64_t>::max() - 3, std::numeric_limits<std::uint64_t>::max(),
                        [&](std::uint64_t) { ++calls; });
    EXPECT_EQ(calls, 258);
}

TEST_P(loops, stop_at_an_exception) {
    std::atomic<int> calls{0};
    EXPECT_THROW(pool.for_each_index(1'000'000'000,
                                     [&](int) {
                                         ++calls;
                                         throw std::domain_error("each");
                                     }),
                 std::domain_error);
    EXPECT_LE(calls, static_cast<int>(GetParam())); // one in each worker at most
}

TEST_P(loops, need_not_wait_for_a_worker_that_is_busy) {
    if (GetParam() == 1) return;
    busy_worker busy(pool);
    std::atomic<int> calls{0};
    pool.for_each_index(1000, [&](int) { ++calls; });
    EXPECT_EQ(calls, 1000);
    EXPECT_FALSE(busy.task().ready());
}

TEST(thread_loops, share_a_bounded_pool) {
    thread_pool pool{{.workers = 2, .max_pending = 1}};
    std::atomic<int> calls{0};
    pool.for_each_index(100, [&](int) { ++calls; });
    EXPECT_EQ(calls, 100);
    auto inside = pool.submit([&] { pool.for_each_index(100, [&](int) { ++calls; }); });
    EXPECT_THROW(result_of(inside), queue_full); // the task itself is all that may be pending
    EXPECT_EQ(calls, 100);
}

TEST(thread_loops, may_last_longer_than_a_task) {
    thread_pool pool{{.workers = 2, .task_timeout = std::chrono::nanoseconds(1)}};
    std::atomic<int> calls{0};
    pool.for_each_index(1'000, [&](int) { ++calls; });
    EXPECT_EQ(calls, 1'000);
}

TEST(thread_loops, end_with_the_pool) {
    thread_pool pool{{.workers = 1}};
    std::thread loop;
    gate waits;
    {
        busy_worker busy(pool);
        loop = std::thread([&] { EXPECT_THROW(pool.for_each_index(10, [](int) {}), error); });
        std::thread ending([&] { pool.shutdown(shutdown_mode::cancel_pending); });
        loop.join(); // refused or cancelled, whichever came first
        busy.release();
        ending.join();
    }
}

} // namespace
} // namespace penstock::test

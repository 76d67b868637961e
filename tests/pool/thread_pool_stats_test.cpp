// SPDX-License-Identifier: MIT
// thread_pool::stats(): what the contract of pools does not say, because only threads do it.
#include "contract/tools.hpp"
#include "support/waiting.hpp"

#include <penstock/thread_pool.hpp>

#include <gtest/gtest.h>

#include <pthread.h>

#include <chrono>
#include <thread>
#include <vector>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

TEST(thread_pool_stats, count_late_and_stopped_tasks) {
    thread_pool pool{{.workers = 1}};
    const auto obey = [](std::stop_token stop) {
        while (!stop.stop_requested()) std::this_thread::yield();
    };
    EXPECT_THROW(result_of(pool.submit({.timeout = 1ms}, obey)), task_timeout);
    auto stopped = pool.submit(obey);
    EXPECT_TRUE(eventually([&] { return stopped.running(); }));
    stopped.cancel(force);
    EXPECT_THROW(result_of(stopped), task_cancelled);
    const pool_stats now = pool.stats();
    EXPECT_EQ(now.timed_out, 1u);
    EXPECT_EQ(now.cancelled, 1u);
    EXPECT_EQ(now.done + now.failed, 0u);
    EXPECT_EQ(now.run.count(), 2u);
}

TEST(thread_pool_stats, count_tasks_that_run_inside_of_others) {
    thread_pool pool{{.workers = 1}};
    const auto inner = [&] { return pool.stats().running; };
    EXPECT_EQ(result_of(pool.submit([&] { return pool.submit(inner).get(); })), 2u);
    pool.wait_idle();
    EXPECT_EQ(pool.stats().running, 0u);
    EXPECT_EQ(pool.stats().done, 2u);
}

TEST(thread_pool_stats, tell_of_threads_that_tasks_ended) {
    thread_pool pool{{.workers = 2}};
    EXPECT_EQ(pool.stats().workers, 0u) << "they start when there is work";
    for (int i = 0; i != 3; ++i) EXPECT_THROW(result_of(pool.submit([] { ::pthread_exit(nullptr); })), worker_died);
    EXPECT_EQ(result_of(pool.submit(same, 1)), 1);
    EXPECT_EQ(pool.stats().failed, 3u);
    EXPECT_EQ(pool.stats().done, 1u);
    EXPECT_TRUE(eventually([&] { return pool.stats().respawns_died == 3; })) << "their threads end after the tasks";
}

TEST(thread_pool_stats, measure_how_long_tasks_wait_and_run) {
    thread_pool pool{{.workers = 1}};
    const auto begun = std::chrono::steady_clock::now();
    {
        busy_worker busy(pool);
        static_cast<void>(pool.submit(do_nothing));
        EXPECT_TRUE(eventually([&] { return std::chrono::steady_clock::now() - begun > 20ms; }));
    }
    pool.wait_idle();
    const pool_stats now = pool.stats();
    const auto at_least = [](const duration_histogram& found, std::chrono::nanoseconds limit) {
        std::uint64_t count = 0;
        for (auto i = duration_histogram::bucket_of(limit); i != found.buckets.size(); ++i) count += found.buckets[i];
        return count;
    };
    EXPECT_EQ(at_least(now.run, 8ms), 1u) << "the one that was held";
    EXPECT_EQ(at_least(now.wait, 8ms), 1u) << "the one behind it";
    EXPECT_EQ(now.run.count(), 2u);
}

// Each of the first 1,024, then each 16th.
TEST(thread_pool_stats, measure_a_part_of_many_tasks) {
    thread_pool pool{{.workers = 2}};
    constexpr int tasks = 1'024 + 16 * 100;
    for (int i = 0; i != tasks; ++i) static_cast<void>(pool.submit(do_nothing));
    pool.wait_idle();
    const pool_stats now = pool.stats();
    EXPECT_EQ(now.done, static_cast<std::uint64_t>(tasks));
    EXPECT_EQ(now.wait.count(), now.done);
    EXPECT_EQ(now.run.count(), now.done);
}

TEST(thread_pool_stats, count_what_a_broken_pool_refuses) {
    thread_pool pool{{.workers = 1, .initializer = call([] { throw std::runtime_error("no"); })}};
    for (int i = 0; i != 3; ++i) EXPECT_THROW(pool.submit(do_nothing).get(), pool_broken);
    EXPECT_EQ(pool.stats().failed, 3u);
    EXPECT_EQ(pool.stats().queued, 0u);
}

} // namespace
} // namespace penstock::test

// SPDX-License-Identifier: MIT
// thread_pool::resize: which threads there are afterwards, and that nothing is lost meanwhile.
#include "contract/tools.hpp"
#include "support/doomed_worker.hpp"
#include "support/threads.hpp"
#include "support/waiting.hpp"

#include <penstock/thread_pool.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace penstock::test {
namespace {

/// As many tasks as there are workers, at the same time.
void use_all(thread_pool& pool) {
    std::vector<std::unique_ptr<busy_worker<thread_pool>>> all;
    for (std::size_t i = 0; i != pool.workers(); ++i) all.push_back(std::make_unique<busy_worker<thread_pool>>(pool));
}

TEST(thread_pool_resize, ends_surplus_threads_and_starts_others) {
    const std::size_t before = count_threads_at_first();
    thread_pool pool{{.workers = 1}};
    for (const std::size_t size : {4u, 2u, 5u, 1u, 3u}) {
        pool.resize(size);
        use_all(pool);
        EXPECT_TRUE(has_threads(before + size)) << count_threads();
        EXPECT_EQ(pool.stats().workers, size);
    }
}

TEST(thread_pool_resize, lets_busy_workers_end_their_tasks) {
    const std::size_t before = count_threads_at_first();
    thread_pool pool{{.workers = 3}};
    std::vector<future<int>> waiting;
    {
        busy_worker first(pool);
        busy_worker second(pool);
        busy_worker third(pool);
        for (int i = 0; i != 100; ++i) waiting.push_back(pool.submit(same, i));
        pool.resize(1);
        EXPECT_EQ(count_threads(), before + 3) << "they are busy";
    }
    for (int i = 0; i != 100; ++i) EXPECT_EQ(result_of(waiting[static_cast<std::size_t>(i)]), i);
    EXPECT_TRUE(has_threads(before + 1)) << count_threads();
}

TEST(thread_pool_resize, starts_workers_for_what_waits_already) {
    thread_pool pool{{.workers = 1}};
    event come;
    auto held = pool.submit([&] { return come.wait(); });
    auto waiting = pool.submit([&] { come.set(); });
    pool.resize(2);
    EXPECT_TRUE(result_of(held));
    result_of(waiting);
}

TEST(thread_pool_resize, initializes_and_finalizes) {
    std::atomic<int> initialized{0};
    std::atomic<int> finalized{0};
    thread_pool pool{{.workers = 3,
                      .initializer = call([&] { ++initialized; }),
                      .finalizer = call([&] { ++finalized; })}};
    pool.resize(1);
    EXPECT_TRUE(eventually([&] { return finalized == 2; })) << finalized;
    pool.resize(4);
    EXPECT_TRUE(eventually([&] { return initialized == 6; })) << initialized;
    pool.shutdown();
    EXPECT_EQ(finalized, 6);
}

TEST(thread_pool_resize, of_a_paused_pool_counts_from_resume_on) {
    const std::size_t before = count_threads_at_first();
    thread_pool pool{{.workers = 4}};
    use_all(pool);
    pool.pause();
    pool.resize(2);
    EXPECT_TRUE(has_threads(before + 2)) << count_threads();
    auto waiting = pool.submit(same, 1);
    pool.resize(3);
    pool.resume();
    EXPECT_EQ(result_of(waiting), 1);
    use_all(pool);
    EXPECT_TRUE(has_threads(before + 3)) << count_threads();
}

TEST(thread_pool_resize, by_tasks_and_under_load_loses_nothing) {
    thread_pool pool{{.workers = 2}};
    std::atomic<bool> over{false};
    std::thread resizing([&] {
        for (std::size_t i = 0; !over; ++i) pool.resize(1 + i % 5);
    });
    std::vector<future<int>> all;
    for (int i = 0; i != 5'000; ++i)
        all.push_back(pool.submit([&pool, i] {
            if (i % 500 == 0) pool.resize(3);
            return i % 3 == 0 ? pool.submit(same, i).get() : i;
        }));
    for (int i = 0; i != 5'000; ++i) EXPECT_EQ(result_of(all[static_cast<std::size_t>(i)]), i);
    over = true;
    resizing.join();
    pool.resize(2);
    use_all(pool);
}

// They may be about to sleep, or search, when they become too many.
TEST(thread_pool_resize, ends_surplus_threads_whatever_they_do) {
    const std::size_t before = count_threads_at_first();
    thread_pool pool{{.workers = 3}};
    for (int round = 0; round != 1'000; ++round) {
        pool.resize(3);
        for (auto& each : pool.broadcast(do_nothing)) result_of(each);
        for (int i = 0; i != round % 40; ++i) result_of(pool.submit(same, i));
        pool.resize(1);
        ASSERT_TRUE(has_threads(before + 1)) << count_threads() << " in round " << round;
    }
}

TEST(thread_pool_resize, leaves_no_stacks_behind) {
    thread_pool pool{{.workers = 1}};
    for (auto& each : pool.broadcast(do_nothing)) result_of(each);
    const std::size_t threads = count_threads();
    const std::size_t stacks = count_stacks();
    pool.resize(100);
    for (auto& each : pool.broadcast(do_nothing)) result_of(each);
    EXPECT_GE(count_stacks(), stacks + 50) << "they are not counted";
    pool.resize(1);
    ASSERT_TRUE(has_threads(threads)) << count_threads();
    EXPECT_LT(count_stacks(), stacks + 50);
}

TEST(thread_pool_resize, does_not_count_lost_threads_among_the_surplus) {
    const std::size_t before = count_threads_at_first();
    std::atomic<int> initialized{0};
    thread_pool pool{{.workers = 4, .initializer = call([&] { ++initialized; })}};
    {
        busy_worker first(pool);
        busy_worker second(pool);
        doomed_worker third(pool);
        doomed_worker fourth(pool);
        pool.resize(2);
        third.end();
        fourth.end();
        EXPECT_TRUE(has_threads(before + 2)) << count_threads(); // or one of the others could be too many yet
    }
    for (int round = 0; round != 100; ++round) {
        pool.pause();
        auto wakes = pool.submit(same, 1); // a worker, which then rests; it is not one too many
        pool.resume();
        result_of(wakes);
    }
    use_all(pool);
    EXPECT_EQ(pool.stats().workers, 2u);
    EXPECT_EQ(pool.stats().respawns_died, 0u);
    EXPECT_EQ(initialized, 4);
}

TEST(thread_pool_resize, of_a_paused_pool_initializes_its_workers_when_it_is_resumed) {
    std::atomic<int> initialized{0};
    thread_pool pool{{.workers = 1, .initializer = call([&] { ++initialized; })}};
    pool.pause();
    pool.resize(4);
    pool.resume();
    EXPECT_TRUE(eventually([&] { return initialized == 4; })) << initialized;
}

TEST(thread_pool_resize, is_over_when_the_pool_was_shut_down) {
    std::atomic<int> initialized{0};
    thread_pool pool{{.workers = 3, .initializer = call([&] { ++initialized; })}};
    pool.shutdown();
    const int before = initialized;
    pool.resume(); // as it is not paused, it does nothing
    pool.shutdown();
    EXPECT_EQ(initialized, before);
}

TEST(thread_pool_resize, lets_waiting_workers_be_stood_in_for) {
    thread_pool pool{{.workers = 3}};
    event begun;
    event go;
    auto waits = pool.submit([&] {
        begun.set();
        EXPECT_TRUE(go.wait());
        auto inner = pool.submit(same, 5);
        return inner.wait_for(a_minute) ? inner.get() : 0; // a wait with a limit lends the worker
    });
    ASSERT_TRUE(begun.wait());
    pool.resize(1);
    go.set();
    EXPECT_EQ(result_of(waits), 5);
}

} // namespace
} // namespace penstock::test

// SPDX-License-Identifier: MIT
// Workers of a thread pool that wait, in whatever combination: as long as a task has not begun that somebody waits for, a
// thread comes that can run it.
#include "contract/tools.hpp"
#include "support/doomed_worker.hpp"
#include "support/nested_wait.hpp"
#include "support/threads.hpp"
#include "support/waiting.hpp"

#include <penstock/process_pool.hpp>
#include <penstock/shared_future.hpp>
#include <penstock/thread_pool.hpp>
#include <penstock/wait.hpp>
#include <penstock/when.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <memory>
#include <thread>
#include <vector>

namespace penstock::test {
namespace {

/// Waits for a task of its own that has not begun, in a way that lends the worker.
int wait_for_another(thread_pool& pool) {
    std::vector<future<int>> all;
    all.push_back(pool.submit(same, 1));
    wait(all);
    return all[0].get();
}
/// Leaves so many threads behind that rest: they stood in for as many workers at the same time.
void make_some_rest(thread_pool& pool, int count) {
    std::barrier meeting(count);
    std::vector<future<bool>> all;
    for (int i = 0; i != count; ++i)
        all.push_back(pool.submit([&] { return pool.submit([&] { meeting.arrive_and_wait(); }).wait_for(a_minute); }));
    for (auto& each : all) EXPECT_TRUE(result_of(each));
}

// The stand-in goes on to the next task before the worker is back, which then waits for that one.
TEST(thread_pool_waits, for_a_stand_in_that_waits) {
    for (int round = 0; round != 100; ++round) {
        thread_pool pool{{.workers = 1}};
        std::atomic<bool> begun{false};
        std::atomic<bool> about_to_wait{false};
        auto outer = pool.submit([&] {
            auto first = pool.submit(same, 1);
            auto second = pool.submit([&] {
                begun = true;
                while (!about_to_wait) std::this_thread::yield();
                for (int i = 0; i != round; ++i) std::this_thread::yield();
                return wait_for_another(pool);
            });
            EXPECT_TRUE(first.wait_for(a_minute));
            for (int i = 0; i != 100 && !begun; ++i) std::this_thread::yield();
            about_to_wait = true;
            return second.get();
        });
        EXPECT_EQ(result_of(outer), 1);
    }
}

// All wait for the task that has stepped aside, while what it waits for runs: then nobody is to come in their place.
TEST(thread_pool_waits, of_many_workers_do_not_bring_more_of_them) {
    const std::size_t before = count_threads_at_first();
    thread_pool pool{{.workers = 2}};
    event running;
    event go;
    auto first = pool.submit([&] {
                         auto inner = pool.submit([&] {
                             running.set();
                             return go.wait();
                         });
                         return inner.wait_for(a_minute) && inner.get();
                     }).share();
    ASSERT_TRUE(running.wait());
    std::vector<future<bool>> all;
    for (int i = 0; i != 1'000; ++i) all.push_back(pool.submit([first] { return first.get(); }));
    EXPECT_TRUE(eventually([&] { return pool.stats().running >= 3; }));
    for (int i = 0; i != 100; ++i) std::this_thread::yield(); // more would come soon
    EXPECT_LE(count_threads(), before + 20) << before;
    go.set();
    for (auto& each : all) EXPECT_TRUE(result_of(each));
    EXPECT_LE(count_threads(), before + 20);
}

TEST(thread_pool_waits, in_a_pool_that_became_smaller) {
    for (int round = 0; round != 50; ++round) {
        thread_pool pool{{.workers = 2}};
        event begun;
        event go;
        auto waits = wait_for_what_runs(pool, [&] {
            begun.set();
            EXPECT_TRUE(go.wait());
            return wait_for_another(pool);
        });
        ASSERT_TRUE(begun.wait());
        pool.resize(1);
        go.set();
        EXPECT_EQ(result_of(waits), 1);
    }
}

TEST(thread_pool_waits, leave_threads_that_come_for_one_that_ended) {
    for (int round = 0; round != 50; ++round) {
        thread_pool pool{{.workers = 1}};
        make_some_rest(pool, 1);
        doomed_worker doomed(pool);
        auto waiting = pool.submit(same, 7);
        doomed.end();
        EXPECT_EQ(result_of(waiting), 7);
    }
}

// All workers wait for another pool's task, which calls them.
TEST(thread_pool_waits, for_another_pool_that_calls_all_workers) {
    for (const bool some_rest : {false, true}) {
        thread_pool pool{{.workers = 2}};
        thread_pool other{{.workers = 1}};
        if (some_rest) make_some_rest(pool, 2);
        event go;
        auto calls = other.submit([&] {
                              EXPECT_TRUE(go.wait());
                              int sum = 0;
                              for (auto& each : pool.broadcast(same, 5)) sum += each.get();
                              return sum;
                          }).share();
        std::vector<future<int>> all;
        for (int i = 0; i != 2; ++i) all.push_back(pool.submit([calls] { return calls.get(); }));
        while (pool.stats().running != 2) std::this_thread::yield();
        go.set();
        for (auto& each : all) EXPECT_EQ(result_of(each), 10);
    }
}

TEST(thread_pool_waits, for_a_process_and_answers_a_call_meanwhile) {
    process_pool processes{{.workers = 1}};
    thread_pool pool{{.workers = 1}};
    gate started;
    gate release;
    auto held = pool.submit([&] { return processes.submit(hold, started.path(), release.path()).get(); });
    started.wait();
    for (auto& each : pool.broadcast(same, 3)) EXPECT_EQ(result_of(each), 3);
    EXPECT_FALSE(held.ready());
    release.open();
    EXPECT_EQ(result_of(held), 1);
}

// Each has a share of its own call, and needs the other one's thread for it.
TEST(thread_pool_waits, for_calls_that_meet) {
    for (int round = 0; round != 100; ++round) {
        thread_pool pool{{.workers = 2}};
        std::atomic<int> there{0};
        const auto meet = [&] {
            ++there;
            while (there != 2) std::this_thread::yield();
            const auto meeting = std::make_shared<std::barrier<>>(2);
            for (auto& each : pool.broadcast([meeting] { meeting->arrive_and_wait(); })) each.get();
        };
        auto one = pool.submit(meet);
        auto other = pool.submit(meet);
        result_of(one);
        result_of(other);
    }
}

} // namespace
} // namespace penstock::test

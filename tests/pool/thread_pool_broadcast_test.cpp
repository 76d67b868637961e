// SPDX-License-Identifier: MIT
// thread_pool::broadcast: each task in another thread, whatever the threads do meanwhile.
#include "contract/tools.hpp"
#include "support/doomed_worker.hpp"
#include "support/nested_wait.hpp"

#include <penstock/shared_future.hpp>
#include <penstock/thread_pool.hpp>
#include <penstock/wait.hpp>
#include <penstock/when.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace penstock::test {
namespace {

std::thread::id here() { return std::this_thread::get_id(); }

template <class T>
std::set<T> results_of(std::vector<future<T>>& all) {
    std::set<T> found;
    for (auto& each : all) found.insert(result_of(each));
    return found;
}

TEST(thread_pool_broadcast, comes_to_every_thread) {
    thread_pool pool{{.workers = 4}};
    auto first = pool.broadcast(here); // which starts them
    const auto threads = results_of(first);
    EXPECT_EQ(threads.size(), 4u);
    for (int round = 0; round != 200; ++round) {
        auto all = pool.broadcast(here);
        ASSERT_EQ(all.size(), 4u);
        EXPECT_EQ(results_of(all), threads);
    }
}

TEST(thread_pool_broadcast, waits_for_busy_workers_and_for_no_other) {
    thread_pool pool{{.workers = 2}};
    busy_worker busy(pool);
    auto all = pool.broadcast(here);
    const auto done = wait(all, first_completed, a_minute);
    EXPECT_EQ(done.done.size(), 1u);
    busy.release();
    EXPECT_EQ(results_of(all).size(), 2u);
}

TEST(thread_pool_broadcast, of_one_call_after_another_is_answered_in_their_order) {
    thread_pool pool{{.workers = 2}};
    std::vector<std::vector<future<std::thread::id>>> calls;
    {
        busy_worker first(pool);
        busy_worker second(pool);
        for (int i = 0; i != 50; ++i) calls.push_back(pool.broadcast(here));
    }
    const auto threads = results_of(calls.front());
    for (std::size_t i = 1; i != calls.size(); ++i) EXPECT_EQ(results_of(calls[i]), threads);
}

TEST(thread_pool_broadcast, copies_what_it_is_given) {
    thread_pool pool{{.workers = 3}};
    const auto shared = std::make_shared<int>(7);
    auto all = pool.broadcast([shared](std::vector<int> numbers) { return *shared + static_cast<int>(numbers.size()); },
                              std::vector<int>(5));
    for (auto& each : all) EXPECT_EQ(result_of(each), 12);
    pool.wait_idle();
    EXPECT_EQ(shared.use_count(), 1) << "something kept a copy";
}

/// A task that calls all workers, itself included, and waits for them.
std::size_t call_all(thread_pool& pool) {
    auto all = pool.broadcast(here);
    std::set<std::thread::id> found;
    for (auto& each : all) found.insert(each.get());
    return found.size();
}

TEST(thread_pool_broadcast, may_be_waited_for_by_its_own_workers) {
    for (const std::size_t workers : {1u, 2u, 3u}) {
        thread_pool pool{{.workers = workers}};
        for (int round = 0; round != 100; ++round) {
            std::vector<future<std::size_t>> all;
            for (std::size_t i = 0; i != 2 * workers; ++i) all.push_back(pool.submit(call_all, std::ref(pool)));
            for (auto& each : all) EXPECT_EQ(result_of(each), workers);
        }
    }
}

// Each worker's task waits for the other's call, in both ways to wait.
TEST(thread_pool_broadcast, does_not_let_workers_wait_for_each_other) {
    for (int round = 0; round != 200; ++round) {
        thread_pool pool{{.workers = 2}};
        std::atomic<int> there{0};
        const auto meet_then_call = [&](bool with_limit) {
            ++there;
            while (there != 2) std::this_thread::yield();
            auto all = pool.broadcast(here);
            for (auto& each : all) {
                if (with_limit) { EXPECT_TRUE(each.wait_for(a_minute)); }
            }
            return results_of(all).size();
        };
        auto first = pool.submit(meet_then_call, false);
        auto second = pool.submit(meet_then_call, round % 2 == 0);
        EXPECT_EQ(result_of(first), 2u);
        EXPECT_EQ(result_of(second), 2u);
    }
}

/// The ways to wait for several futures.
enum class way { get, get_backwards, wait, wait_for, when_all, as_completed };
constexpr way ways[] = {way::get, way::get_backwards, way::wait, way::wait_for, way::when_all, way::as_completed};

void wait_for_all(std::vector<future<void>> all, way how) {
    switch (how) {
    case way::get:
        for (auto& each : all) each.get();
        break;
    case way::get_backwards:
        for (auto each = all.rbegin(); each != all.rend(); ++each) each->get();
        break;
    case way::wait:
        EXPECT_EQ(wait(all, all_completed).done.size(), all.size());
        break;
    case way::wait_for:
        for (auto& each : all) EXPECT_TRUE(each.wait_for(a_minute));
        break;
    case way::when_all:
        when_all(std::move(all)).get();
        break;
    case way::as_completed:
        for (auto& each : as_completed(all)) each.get();
        break;
    }
}

// One worker waits for a task that another one runs already, which waits for a call of its own.
TEST(thread_pool_broadcast, is_answered_beside_a_worker_that_waits_for_what_runs) {
    for (const way how : ways)
        for (int round = 0; round != 40; ++round) {
            thread_pool pool{{.workers = 2}};
            auto waits = wait_for_what_runs(pool, [&] {
                if (round % 2 == 0) std::this_thread::yield(); // so that the other one is about to wait, or does
                wait_for_all(pool.broadcast(do_nothing), how);
            });
            result_of(waits);
        }
}

TEST(thread_pool_broadcast, runs_everywhere_at_once_beside_a_worker_that_waits) {
    for (int round = 0; round != 100; ++round) {
        thread_pool pool{{.workers = 2}};
        std::barrier meeting(2);
        auto waits = wait_for_what_runs(pool, [&] {
            for (auto& each : pool.broadcast([&] { meeting.arrive_and_wait(); })) each.get();
        });
        result_of(waits);
    }
}

// An older call waits for the task that waits for the newer one.
TEST(thread_pool_broadcast, is_answered_before_older_ones_by_who_waits_for_it) {
    for (const way how : ways)
        for (const std::size_t workers : {1u, 3u}) {
            thread_pool pool{{.workers = workers}};
            event running;
            event go;
            auto waiting = pool.submit([&] {
                                   running.set();
                                   EXPECT_TRUE(go.wait());
                                   wait_for_all(pool.broadcast(do_nothing), how);
                               }).share();
            ASSERT_TRUE(running.wait());
            auto older = pool.broadcast([waiting] { waiting.wait(); });
            go.set();
            for (auto& each : older) result_of(each);
        }
}

void call_again(thread_pool& pool, int times, way how, std::atomic<int>& ran) {
    ++ran;
    if (times != 0) wait_for_all(pool.broadcast(call_again, std::ref(pool), times - 1, how, std::ref(ran)), how);
}

TEST(thread_pool_broadcast, may_call_all_workers_in_its_turn) {
    for (const way how : ways)
        for (const std::size_t workers : {2u, 3u}) {
            const int depth = workers == 2 ? 6 : 4;
            thread_pool pool{{.workers = workers}};
            for (int round = 0; round != 3; ++round) {
                std::atomic<int> ran{0};
                auto all = pool.submit(call_again, std::ref(pool), depth, how, std::ref(ran));
                result_of(all);
                pool.wait_idle();
                EXPECT_EQ(ran, workers == 2 ? 127 : 121); // as many in each generation as workers, for each of the one before
            }
        }
}

TEST(thread_pool_broadcast, begins_while_paused_only_where_a_running_task_waits_for_it) {
    thread_pool pool{{.workers = 1}};
    event running;
    event go;
    std::atomic<bool> other_ran{false};
    auto waiting = pool.submit([&] {
        running.set();
        EXPECT_TRUE(go.wait());
        for (auto& each : pool.broadcast(do_nothing)) each.get();
    });
    ASSERT_TRUE(running.wait());
    pool.pause();
    auto other = pool.broadcast([&] { other_ran = true; });
    go.set();
    result_of(waiting);
    EXPECT_FALSE(other_ran);
    pool.resume();
    for (auto& each : other) result_of(each);
}

// Both threads are busy when the call is made and the pool is paused; one of them ends before it goes on.
TEST(thread_pool_broadcast, is_answered_when_a_thread_ended_while_the_pool_was_paused) {
    for (const bool with_resume : {false, true}) {
        thread_pool pool{{.workers = 2}};
        busy_worker busy(pool);
        doomed_worker doomed(pool);
        auto all = pool.broadcast(here);
        pool.pause();
        doomed.end();
        busy.release();
        result_of(busy.task());
        if (with_resume) pool.resume();
        else pool.shutdown();
        EXPECT_EQ(results_of(all).size(), 2u);
    }
}

TEST(thread_pool_broadcast, is_not_lost_with_workers_that_resize_takes_away) {
    for (const bool paused : {false, true}) {
        thread_pool pool{{.workers = 4}};
        auto warm = pool.broadcast(do_nothing);
        for (auto& each : warm) result_of(each);
        std::vector<future<std::thread::id>> all;
        {
            busy_worker first(pool);
            busy_worker second(pool);
            if (paused) pool.pause();
            all = pool.broadcast(here);
            pool.resize(1);
        }
        pool.resume();
        EXPECT_EQ(all.size(), 4u);
        EXPECT_EQ(results_of(all).size(), 4u);
        auto again = pool.broadcast(here);
        EXPECT_EQ(results_of(again).size(), 1u);
    }
}

TEST(thread_pool_broadcast, is_left_to_the_one_who_comes_after_a_thread_that_ended) {
    thread_pool pool{{.workers = 2}};
    doomed_worker doomed(pool);
    auto all = pool.broadcast(here);
    pool.resize(1); // so nobody would be missed
    doomed.end();
    EXPECT_EQ(results_of(all).size(), 2u);
}

TEST(thread_pool_broadcast, begins_in_a_paused_pool_when_it_is_resumed) {
    thread_pool pool{{.workers = 3}};
    pool.pause();
    std::atomic<int> ran{0};
    auto all = pool.broadcast([&] { ++ran; });
    EXPECT_FALSE(all[0].wait_for(std::chrono::milliseconds(20))); // a pool that is not paused would need much less
    EXPECT_EQ(ran, 0);
    EXPECT_EQ(pool.stats().queued, 3u);
    pool.resume();
    for (auto& each : all) result_of(each);
    EXPECT_EQ(ran, 3);
}

TEST(thread_pool_broadcast, ends_with_its_pool) {
    for (const auto mode : {shutdown_mode::drain, shutdown_mode::cancel_pending}) {
        thread_pool pool{{.workers = 2}};
        std::atomic<int> ran{0};
        std::vector<future<void>> all;
        busy_worker first(pool);
        busy_worker second(pool);
        all = pool.broadcast([&] { ++ran; });
        std::thread ending([&] { pool.shutdown(mode); });
        if (mode == shutdown_mode::cancel_pending) {
            for (auto& each : all) EXPECT_THROW(result_of(each), task_cancelled);
        }
        first.release();
        second.release();
        ending.join();
        EXPECT_EQ(ran, mode == shutdown_mode::drain ? 2 : 0);
        EXPECT_EQ(pool.stats().queued, 0u);
    }
}

TEST(thread_pool_broadcast, fails_in_a_broken_pool) {
    thread_pool pool{{.workers = 2, .initializer = call([] { throw std::runtime_error("no"); }), .max_pending = 1}};
    for (int round = 0; round != 3; ++round)
        for (auto& each : pool.broadcast(do_nothing)) EXPECT_THROW(result_of(each), pool_broken);
    auto one = pool.submit(do_nothing);
    EXPECT_THROW(result_of(one), pool_broken);
}

TEST(thread_pool_broadcast, of_many_threads_at_once_loses_nothing) {
    thread_pool pool{{.workers = 3}};
    std::atomic<std::size_t> ran{0};
    std::atomic<std::size_t> called{0};
    std::vector<std::thread> callers;
    for (int t = 0; t != 4; ++t)
        callers.emplace_back([&, t] {
            for (int i = 0; i != 200; ++i) {
                if (t == 0) pool.resize(1 + static_cast<std::size_t>(i) % 4);
                auto all = pool.broadcast([&] { ++ran; });
                called += all.size();
                static_cast<void>(pool.submit([&pool] { call_all(pool); }));
                if (i % 3 == 0)
                    for (auto& each : all) result_of(each);
            }
        });
    for (auto& each : callers) each.join();
    pool.wait_idle();
    EXPECT_EQ(ran, called);
}

} // namespace
} // namespace penstock::test

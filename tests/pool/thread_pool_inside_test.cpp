// SPDX-License-Identifier: MIT
// A thread pool used from inside its own tasks and callbacks: tasks that wait for tasks, and pools that end
// there.
#include "contract/tools.hpp"
#include "support/threads.hpp"

#include <penstock/thread_pool.hpp>
#include <penstock/when.hpp>

#include <gtest/gtest.h>

#include <pthread.h>

#include <atomic>
#include <functional>
#include <memory>
#include <system_error>
#include <thread>
#include <vector>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

int fibonacci(thread_pool& pool, int n) {
    if (n < 2) return n;
    auto left = pool.submit(fibonacci, std::ref(pool), n - 1);
    auto right = pool.submit(fibonacci, std::ref(pool), n - 2);
    return left.get() + right.get();
}

class inside : public ::testing::TestWithParam<std::size_t> {
protected:
    thread_pool pool{{.workers = GetParam()}};
};
INSTANTIATE_TEST_SUITE_P(workers, inside, ::testing::Values(1, 2, 4));

TEST_P(inside, tasks_wait_for_tasks) {
    EXPECT_EQ(result_of(pool.submit(fibonacci, std::ref(pool), 12)), 144);
}

TEST_P(inside, a_task_gets_what_the_other_threw) {
    auto outer = pool.submit([this] { pool.submit([] { throw std::out_of_range("inner"); }).get(); });
    EXPECT_EQ(message_of<std::out_of_range>(outer), "inner");
}

/// Waits for the next link, with much on the stack.
int link_of(std::vector<future<int>>& chain, std::size_t place) {
    volatile char large[32 * 1024] = {};
    large[place] = 1;
    return place + 1 == chain.size() ? large[place] : chain[place + 1].get() + large[place];
}

TEST_P(inside, chains_are_longer_than_a_stack) {
    std::vector<future<int>> chain(600); // 19 MB, if all were waited for on one stack
    event go;                            // with one worker, the first link finds none of the others begun
    for (std::size_t i = 0; i < chain.size(); ++i)
        chain[i] = pool.submit([&, i] {
            EXPECT_TRUE(go.wait());
            return link_of(chain, i);
        });
    go.set();
    EXPECT_EQ(result_of(chain[0]), 600);
}

TEST_P(inside, a_loop_of_limited_waits_ends) {
    auto outer = pool.submit([this] {
        auto inner = pool.submit(same, 7);
        while (!inner.wait_for(1ms)) {
        }
        return inner.get();
    });
    EXPECT_EQ(result_of(outer), 7);
}

TEST_P(inside, a_limited_wait_is_served_before_what_waits_longer) {
    const gate finished; // a task in front of the awaited one, that ends after both
    auto outer = pool.submit([&] {
        std::vector<future<void>> ahead;
        for (std::size_t i = 0; i < GetParam(); ++i)
            ahead.push_back(pool.submit([](const std::string& path) { gate::wait(path); }, finished.path()));
        auto inner = pool.submit(same, 7);
        const bool in_time = inner.wait_for(a_minute);
        finished.open();
        return in_time ? inner.get() : 0;
    });
    EXPECT_EQ(result_of(outer), 7);
}

TEST_P(inside, as_completed_reports_tasks_of_the_own_pool) {
    auto outer = pool.submit([this] {
        std::vector<future<int>> futures;
        for (int i = 0; i < 200; ++i) futures.push_back(pool.submit(same, 1));
        int sum = 0;
        for (future<int>& done : as_completed(futures)) sum += done.get();
        return sum;
    });
    EXPECT_EQ(result_of(outer), 200);
}

TEST_P(inside, a_map_of_the_own_pool_goes_on) {
    auto outer = pool.submit([this] {
        int sum = 0;
        for (const int value : pool.map({.chunk = 1}, same, std::vector<int>(200, 1))) sum += value;
        for (const int value : pool.map({.chunk = 3, .timeout = a_minute}, same, std::vector<int>(200, 1)))
            sum += value;
        return sum;
    });
    EXPECT_EQ(result_of(outer), 400);
}

TEST_P(inside, callbacks_wait_for_tasks) {
    event done;
    int value = 0;
    busy_worker busy(pool);
    busy.task().on_done([&] {
        value = pool.submit(add, 1, 2).get();
        done.set();
    });
    busy.release();
    ASSERT_TRUE(done.wait());
    EXPECT_EQ(value, 3);
}

TEST_P(inside, wait_idle_is_refused) {
    auto refused = pool.submit([this] { pool.wait_idle(); });
    try {
        result_of(refused);
        ADD_FAILURE() << "nothing was thrown";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::resource_deadlock_would_occur);
    }
}

TEST(thread_pool_inside, stand_ins_do_not_stay_at_work) {
    thread_pool pool{{.workers = 1}};
    auto outer = pool.submit([&pool] {
        auto inner = pool.submit(same, 7);
        return inner.wait_for(a_minute); // one more thread than workers from here on
    });
    EXPECT_TRUE(result_of(outer));
    busy_worker busy(pool);
    auto pending = pool.submit(same, 1);
    EXPECT_FALSE(pending.wait_for(20ms)); // a thread more would take it at once
    EXPECT_FALSE(pending.running());
    busy.release();
    EXPECT_EQ(result_of(pending), 1);
}

TEST(thread_pool_inside, stand_ins_are_initialized_too) {
    static thread_local int initialized = 0;
    thread_pool pool{{.workers = 1, .initializer = call([] { ++initialized; })}};
    auto outer = pool.submit([&pool] {
        auto inner = pool.submit([] { return initialized; });
        return inner.wait_for(a_minute) ? inner.get() : -1;
    });
    EXPECT_EQ(result_of(outer), 1);
}

TEST(thread_pool_inside, an_initializer_is_not_stood_in_for) {
    event built;
    std::atomic<int> calls{0};
    thread_pool* self = nullptr;
    thread_pool pool{{.workers = 1, .initializer = call([&] {
                                        ++calls;
                                        EXPECT_TRUE(built.wait());
                                        auto pending = self->submit(do_nothing);
                                        EXPECT_FALSE(pending.wait_for(1ms)); // its only worker is not ready
                                    })}};
    self = &pool;
    built.set();
    pool.wait_idle();
    pool.shutdown();
    EXPECT_EQ(calls, 1);
}

TEST_P(inside, shutdown_in_a_task_runs_what_is_pending) {
    std::atomic<int> ran{0};
    event go;
    auto ending = pool.submit([&] {
        EXPECT_TRUE(go.wait());
        pool.shutdown();
        return ran.load();
    });
    for (int i = 0; i < 50; ++i) static_cast<void>(pool.submit([&] { ++ran; }));
    go.set();
    EXPECT_EQ(result_of(ending), 50);
    EXPECT_THROW(static_cast<void>(pool.submit(do_nothing)), pool_closed);
}

TEST(thread_pool_inside, shutdown_in_a_task_waits_for_what_runs_elsewhere) {
    thread_pool pool{{.workers = 2}};
    busy_worker busy(pool);
    auto ending = pool.submit([&] {
        pool.shutdown();
        return busy.task().ready();
    });
    EXPECT_FALSE(ending.wait_for(20ms));
    busy.release();
    EXPECT_TRUE(result_of(ending));
}

TEST_P(inside, shutdown_in_several_tasks_at_once) {
    std::vector<future<void>> endings;
    std::atomic<int> ran{0};
    event go;
    for (int i = 0; i < 4; ++i)
        endings.push_back(pool.submit([&] {
            EXPECT_TRUE(go.wait());
            pool.shutdown();
        }));
    for (int i = 0; i < 50; ++i) static_cast<void>(pool.submit([&] { ++ran; }));
    go.set();
    for (auto& each : endings) result_of(each);
    pool.shutdown();
    EXPECT_EQ(ran, 50);
}

TEST_P(inside, shutdown_in_a_task_can_cancel_the_rest) {
    event go;
    std::vector<future<void>> endings;
    for (std::size_t i = 0; i < GetParam(); ++i) // one in every worker
        endings.push_back(pool.submit([&] {
            EXPECT_TRUE(go.wait());
            pool.shutdown(shutdown_mode::cancel_pending);
        }));
    std::atomic<int> ran{0};
    auto last = pool.submit([&] { ++ran; });
    go.set();
    for (auto& each : endings) {
        try {
            result_of(each);
        } catch (const task_cancelled&) { // another worker took two of them, and was slower than the first
        }
    }
    EXPECT_THROW(result_of(last), task_cancelled);
    EXPECT_EQ(ran, 0);
}

TEST(thread_pool_inside, survives_tasks_that_end_their_thread) {
    thread_pool pool{{.workers = 2}};
    for (int i = 0; i < 10; ++i) {
        auto lost = pool.submit({.label = "goodbye"}, [] { pthread_exit(nullptr); });
        const std::string what = message_of<worker_died>(lost);
        EXPECT_NE(what.find("goodbye"), std::string::npos) << what;
    }
    const gate first;
    const gate second; // both workers are there
    auto one = pool.submit(hold, first.path(), second.path());
    auto other = pool.submit(hold, second.path(), first.path());
    EXPECT_EQ(result_of(one) + result_of(other), 2);
    pool.wait_idle();
}

TEST(thread_pool_inside, breaks_when_its_initializer_ends_the_thread) {
    thread_pool pool{{.workers = 2, .initializer = call([] { pthread_exit(nullptr); })}};
    auto refused = pool.submit(do_nothing);
    EXPECT_THROW(result_of(refused), pool_broken);
}

TEST(thread_pool_inside, leaves_no_thread_behind) {
    const std::size_t before = count_threads_at_first();
    for (int i = 0; i < 100; ++i) {
        thread_pool pool{{.workers = 4}};
        static_cast<void>(pool.submit(do_nothing));
        if (i % 10 == 0) static_cast<void>(pool.submit([&pool] { pool.submit(same, 1).wait_for(a_minute); }));
    }
    EXPECT_TRUE(has_threads(before)) << count_threads();
}

} // namespace
} // namespace penstock::test

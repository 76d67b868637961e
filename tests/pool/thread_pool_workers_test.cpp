// SPDX-License-Identifier: MIT
// How many threads a thread pool has, which of its tasks they take, and when they rest.
#include "contract/tools.hpp"
#include "support/threads.hpp"

#include <penstock/thread_pool.hpp>

#include <gtest/gtest.h>

#include <pthread.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

TEST(thread_pool_workers, start_when_there_is_work_for_them) {
    const auto before = count_threads_at_first();
    thread_pool pool{{.workers = 8}};
    EXPECT_TRUE(has_threads(before)) << count_threads();
    EXPECT_EQ(pool.workers(), 8u);
    busy_worker busy(pool);
    EXPECT_TRUE(has_threads(before + 1)) << count_threads();
    busy_worker other(pool);
    EXPECT_TRUE(has_threads(before + 2)) << count_threads();
}

TEST(thread_pool_workers, are_as_many_as_asked_for) {
    for (const std::size_t workers : {1u, 2u, 100u}) {
        thread_pool pool{{.workers = workers}};
        std::atomic<std::size_t> running{0};
        event all;
        std::vector<future<void>> meeting; // ends only when all of them run at once
        for (std::size_t i = 0; i != workers; ++i)
            meeting.push_back(pool.submit([&] {
                if (++running == workers) all.set();
                EXPECT_TRUE(all.wait());
            }));
        for (auto& each : meeting) result_of(each);
        auto one_more = pool.submit([&] { return running.load(); });
        EXPECT_EQ(result_of(one_more), workers);
    }
}

/// Notes the order in which tasks begin.
class order {
public:
    auto task(int number) {
        return [this, number] {
            const std::lock_guard lock(mutex_);
            numbers_.push_back(number);
        };
    }
    std::vector<int> numbers() {
        const std::lock_guard lock(mutex_);
        return numbers_;
    }

private:
    std::mutex mutex_;
    std::vector<int> numbers_;
};

TEST(thread_pool_workers, begin_tasks_in_their_order_wherever_they_were_submitted) {
    thread_pool pool{{.workers = 1}};
    order begun;
    event first;
    event others;
    auto outer = pool.submit([&] {
        static_cast<void>(pool.submit(begun.task(0))); // nothing else waits
        first.set();
        EXPECT_TRUE(others.wait());
        static_cast<void>(pool.submit(begun.task(3))); // after what came from outside meanwhile
    });
    ASSERT_TRUE(first.wait());
    static_cast<void>(pool.submit(begun.task(1)));
    static_cast<void>(pool.submit(begun.task(2)));
    others.set();
    pool.wait_idle();
    EXPECT_EQ(begun.numbers(), (std::vector{0, 1, 2, 3}));
}

TEST(thread_pool_workers, take_what_a_busy_one_has_in_its_queue) {
    thread_pool pool{{.workers = 2}};
    event taken;
    auto outer = pool.submit([&] {
        static_cast<void>(pool.submit([&] { taken.set(); }));
        return taken.wait(); // without get(), so that only the other worker can run it
    });
    EXPECT_TRUE(result_of(outer));
}

/// A task in the queue of a busy worker is run, though tasks with these options never run out.
void expect_taken_beside(const task_options& options) {
    event begun;
    event taken;
    std::atomic<bool> enough{false};
    std::function<void()> again;
    thread_pool pool{{.workers = 2}};
    again = [&] {
        if (!enough) static_cast<void>(pool.submit(options, [&] { again(); }));
    };
    busy_worker busy(pool);
    auto outer = pool.submit([&] {
        static_cast<void>(pool.submit([&] { taken.set(); })); // in this worker's queue, as nothing waits in the shared one
        begun.set();
        const bool in_time = taken.wait();
        enough = true;
        return in_time;
    });
    ASSERT_TRUE(begun.wait());
    for (int i = 0; i != 50; ++i) static_cast<void>(pool.submit(options, [&] { again(); })); // in the shared one
    busy.release();
    EXPECT_TRUE(result_of(outer));
}

TEST(thread_pool_workers, take_it_even_while_there_is_always_something_else) { expect_taken_beside({}); }

TEST(thread_pool_workers, take_it_even_while_there_are_always_low_ones) {
    expect_taken_beside({.priority = task_priority::low});
}

TEST(thread_pool_workers, of_a_broken_pool_with_a_bound_keep_nobody_waiting) {
    thread_pool pool{{.workers = 1, .initializer = call([] { throw std::runtime_error("no"); }), .max_pending = 1}};
    std::vector<std::thread> all;
    for (int t = 0; t != 4; ++t)
        all.emplace_back([&pool] {
            for (int i = 0; i != 20'000; ++i) EXPECT_THROW(pool.submit(do_nothing).get(), pool_broken);
        });
    for (std::thread& each : all) each.join(); // each of them had room once more, when another one was refused
}

TEST(thread_pool_workers, end_by_pthread_exit_and_leave_no_stack_behind) {
    thread_pool pool{{.workers = 1}};
    result_of(pool.submit([] { return 1; }));
    const auto before = count_stacks();
    for (int i = 0; i != 200; ++i) {
        auto ends = pool.submit([] { ::pthread_exit(nullptr); });
        EXPECT_THROW(result_of(ends), worker_died);
    }
    EXPECT_LT(count_stacks(), before + 100);
}

TEST(thread_pool_workers, run_low_tasks_while_there_are_always_others) {
    thread_pool pool{{.workers = 1}};
    order begun;
    {
        busy_worker busy(pool);
        static_cast<void>(pool.submit({.priority = task_priority::low}, begun.task(-1)));
        for (int i = 0; i != 100; ++i) static_cast<void>(pool.submit(begun.task(i)));
    }
    pool.wait_idle();
    const auto numbers = begun.numbers();
    ASSERT_EQ(numbers.size(), 101u);
    EXPECT_EQ(numbers[16], -1) << "overtaken by sixteen, then it is its turn";
}

TEST(thread_pool_workers, count_their_own_tasks_when_low_ones_wait) {
    thread_pool pool{{.workers = 1}};
    order begun;
    auto outer = pool.submit([&] {
        for (int i = 0; i != 100; ++i) static_cast<void>(pool.submit(begun.task(i))); // in the worker's own queue
        static_cast<void>(pool.submit({.priority = task_priority::low}, begun.task(-1)));
        static_cast<void>(pool.submit({.priority = task_priority::high}, begun.task(-2)));
    });
    result_of(outer);
    pool.wait_idle();
    const auto numbers = begun.numbers();
    ASSERT_EQ(numbers.size(), 102u);
    EXPECT_EQ(numbers[0], -2);
    EXPECT_EQ(numbers[16], -1) << "overtaken by the high one and fifteen others";
}

TEST(thread_pool_workers, wait_for_each_other_deeper_than_a_stack) {
    thread_pool pool{{.workers = 2}};
    struct link {
        static int depth(thread_pool& of, int left) {
            return left == 0 ? 0 : 1 + of.submit(depth, std::ref(of), left - 1).get();
        }
    };
    EXPECT_EQ(result_of(pool.submit(link::depth, std::ref(pool), 3000)), 3000);
}

TEST(thread_pool_pause, lets_nothing_begin) {
    for (const std::size_t workers : {1u, 4u}) {
        thread_pool pool{{.workers = workers}};
        result_of(pool.submit(do_nothing));
        pool.pause();
        std::atomic<int> ran{0};
        std::vector<future<void>> pending;
        for (int i = 0; i != 20; ++i) pending.push_back(pool.submit([&] { ++ran; }));
        EXPECT_FALSE(pending.front().wait_for(20ms)); // a pool that is not paused would need much less
        EXPECT_EQ(ran, 0);
        pool.resume();
        for (auto& each : pending) result_of(each);
        EXPECT_EQ(ran, 20);
    }
}

TEST(thread_pool_pause, lets_what_runs_wait_for_its_own_tasks) {
    thread_pool pool{{.workers = 2}};
    event begun;
    event paused;
    auto outer = pool.submit([&] {
        begun.set();
        EXPECT_TRUE(paused.wait());
        return pool.submit(add, 1, 2).get();
    });
    ASSERT_TRUE(begun.wait());
    pool.pause();
    paused.set();
    EXPECT_EQ(result_of(outer), 3);
    pool.pause();
    pool.resume(); // as often as one likes
    pool.resume();
    EXPECT_EQ(result_of(pool.submit(add, 1, 2)), 3);
}

TEST(thread_pool_pause, ends_with_the_pool) {
    std::atomic<int> ran{0};
    {
        thread_pool pool{{.workers = 2}};
        pool.pause();
        for (int i = 0; i != 20; ++i) static_cast<void>(pool.submit([&] { ++ran; }));
    }
    EXPECT_EQ(ran, 20);
    thread_pool pool{{.workers = 2}};
    pool.pause();
    auto pending = pool.submit(do_nothing);
    pool.shutdown(shutdown_mode::cancel_pending);
    EXPECT_THROW(result_of(pending), task_cancelled);
}

} // namespace
} // namespace penstock::test

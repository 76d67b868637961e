// SPDX-License-Identifier: MIT
// Thread pools in a system that has no more threads. This file stands between the program and pthread_create; the program of
// a sanitizer has its own there, and skips these tests.
#include "contract/tools.hpp"
#include "support/detached.hpp"
#include "support/doomed_worker.hpp"
#include "support/nested_wait.hpp"
#include "support/sanitizers.hpp"
#include "support/waiting.hpp"

#include <penstock/shared_future.hpp>
#include <penstock/thread_pool.hpp>
#include <penstock/wait.hpp>
#include <penstock/when.hpp>

#include <gtest/gtest.h>

#include <dlfcn.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace {
constexpr int any_number = 1'000'000;
std::atomic<int> threads_left{any_number}; // how many more there may be
std::atomic<int> threads_refused{0};
} // namespace

#if !defined(PENSTOCK_TEST_ADDRESS_SANITIZER) && !defined(PENSTOCK_TEST_THREAD_SANITIZER)
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument) noexcept {
    static const auto real = reinterpret_cast<decltype(&::pthread_create)>(::dlsym(RTLD_NEXT, "pthread_create"));
    if (threads_left.fetch_sub(1) > 0) return real(thread, attributes, run, argument);
    ++threads_refused;
    return EAGAIN;
}
#endif

namespace penstock::test {
namespace {

class thread_pool_refused : public ::testing::Test {
protected:
    void SetUp() override {
        if (with_sanitizer) GTEST_SKIP() << "the sanitizer stands where this test would refuse threads";
        threads_refused = 0;
    }
    void TearDown() override { allow(any_number); }

    static void allow(int threads) { threads_left = threads; }
    static int count_refused() { return threads_refused; }
};

TEST_F(thread_pool_refused, says_so_to_who_submits_first_and_may_be_asked_again) {
    thread_pool pool{{.workers = 2}};
    allow(0);
    EXPECT_THROW(static_cast<void>(pool.submit(same, 1)), std::system_error);
    EXPECT_THROW(static_cast<void>(pool.try_submit(same, 1)), std::system_error);
    EXPECT_THROW(static_cast<void>(pool.broadcast(same, 1)), std::system_error);
    int caught = 0;
    const auto submit = [&]() -> detached {
        try {
            static_cast<void>(co_await pool.submit_async(same, 1));
        } catch (const std::system_error&) {
            ++caught;
        }
    };
    submit();
    EXPECT_EQ(caught, 1);
    EXPECT_GE(count_refused(), 4);
    pool.wait_idle(); // for nothing
    allow(any_number);
    EXPECT_EQ(result_of(pool.submit(same, 2)), 2);
}

TEST_F(thread_pool_refused, keeps_the_threads_of_a_broadcast_that_needs_more) {
    thread_pool pool{{.workers = 4}};
    allow(2);
    try {
        static_cast<void>(pool.broadcast(same, 1));
        ADD_FAILURE() << "there are only two";
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string(error.what()).find("only 2 could be started"), std::string::npos) << error.what();
    }
    EXPECT_EQ(pool.stats().workers, 2u);
    EXPECT_EQ(result_of(pool.submit(same, 1)), 1);
    allow(any_number);
    for (auto& each : pool.broadcast(same, 3)) EXPECT_EQ(result_of(each), 3);
}

TEST_F(thread_pool_refused, leaves_the_share_of_a_lost_thread_to_the_others) {
    thread_pool pool{{.workers = 2}};
    doomed_worker doomed(pool);
    auto all = pool.broadcast(same, 5);
    EXPECT_EQ(wait(all, first_completed, a_minute).done.size(), 1u);
    allow(0);
    doomed.end();
    for (auto& each : all) EXPECT_EQ(result_of(each), 5);
    EXPECT_GE(count_refused(), 1);
}

TEST_F(thread_pool_refused, fails_what_nobody_is_left_to_run) {
    thread_pool pool{{.workers = 1, .max_pending = 3}};
    doomed_worker doomed(pool);
    std::vector<future<int>> all;
    all.push_back(pool.submit({.label = "the first"}, same, 1));
    all.push_back(pool.submit({.priority = task_priority::low}, same, 2));
    for (auto& each : pool.broadcast(same, 3)) all.push_back(std::move(each));
    event resumed;
    const auto submit = [&]() -> detached {
        all.push_back(co_await pool.submit_async(same, 4));
        resumed.set();
    };
    submit();
    allow(0);
    doomed.end();
    ASSERT_TRUE(resumed.wait());
    ASSERT_EQ(all.size(), 4u);
    EXPECT_NE(message_of<std::system_error>(all[0]).find("nobody is left to run task 'the first'"), std::string::npos);
    for (std::size_t i = 1; i != all.size(); ++i) EXPECT_THROW(result_of(all[i]), std::system_error);
    pool.wait_idle();
    EXPECT_GE(count_refused(), 1);
    EXPECT_THROW(static_cast<void>(pool.submit(same, 5)), std::system_error);
    allow(any_number);
    EXPECT_EQ(result_of(pool.submit(same, 6)), 6);
}

TEST_F(thread_pool_refused, ends_when_its_last_thread_was_lost_while_it_was_paused) {
    std::vector<future<int>> all;
    {
        thread_pool pool{{.workers = 1}};
        doomed_worker doomed(pool);
        pool.pause();
        all.push_back(pool.submit(same, 1));
        allow(0);
        doomed.end();
    }
    EXPECT_THROW(result_of(all[0]), std::system_error);
}

// Nobody works in the place of the one who waits, so it runs what it waits for itself.
TEST_F(thread_pool_refused, lets_workers_run_what_they_wait_for) {
    thread_pool pool{{.workers = 1}};
    result_of(pool.submit(do_nothing));
    allow(0);
    auto several = pool.submit([&] {
        std::vector<future<int>> all;
        for (int i = 0; i != 20; ++i) all.push_back(pool.submit(same, i));
        return wait(all, all_completed).done.size();
    });
    EXPECT_EQ(result_of(several), 20u);
    auto one_by_one = pool.submit([&] {
        std::vector<future<int>> all;
        for (int i = 0; i != 20; ++i) all.push_back(pool.submit(same, i));
        int sum = 0;
        for (auto& each : as_completed(all)) sum += each.get();
        return sum;
    });
    EXPECT_EQ(result_of(one_by_one), 190);
    auto called = pool.submit([&] {
        auto all = pool.broadcast(same, 1);
        return wait(all, all_completed).done.size();
    });
    EXPECT_EQ(result_of(called), 1u);
    EXPECT_GE(count_refused(), 2);
}

int go_down(thread_pool& pool, int depth) {
    return depth == 0 ? 0 : 1 + pool.submit(go_down, std::ref(pool), depth - 1).get();
}
TEST_F(thread_pool_refused, lets_workers_wait_deeper_than_they_would) {
    thread_pool pool{{.workers = 1}};
    result_of(pool.submit(do_nothing));
    allow(0);
    EXPECT_EQ(result_of(pool.submit(go_down, std::ref(pool), 500)), 500);
    EXPECT_GE(count_refused(), 1);
}

// The first has no work yet when it begins to wait, the second waits for it.
TEST_F(thread_pool_refused, lets_workers_run_what_comes_while_they_sleep) {
    thread_pool pool{{.workers = 2}};
    for (auto& each : pool.broadcast(do_nothing)) result_of(each);
    allow(0);
    event running;
    event waits;
    auto inner = pool.submit([&] {
                         running.set();
                         EXPECT_TRUE(waits.wait());
                         return 1;
                     }).share();
    ASSERT_TRUE(running.wait());
    auto continued = pool.submit([&] {
                             auto next = inner.then(pool, same);
                             waits.set();
                             return next.get();
                         }).share();
    auto last = pool.submit([&] { return continued.get(); });
    EXPECT_EQ(result_of(last), 1);
}

TEST_F(thread_pool_refused, lets_workers_run_one_of_those_they_wait_for) {
    thread_pool pool{{.workers = 1}};
    result_of(pool.submit(do_nothing));
    allow(0);
    const auto submit_two = [&] {
        std::vector<future<int>> two;
        for (int i = 0; i != 2; ++i) two.push_back(pool.submit(same, i));
        return two;
    };
    EXPECT_EQ(result_of(pool.submit([&] { return when_any(submit_two()).get().futures.size(); })), 2u);
    EXPECT_TRUE(result_of(pool.submit([&] { return when_any(submit_two()).then([](auto) { return true; }).get(); })));
    EXPECT_GE(count_refused(), 1);
}

// Others would run it, a little later; and it waits for what comes after.
TEST_F(thread_pool_refused, lets_no_worker_run_what_others_can) {
    thread_pool pool{{.workers = 4}};
    allow(3);
    EXPECT_THROW(static_cast<void>(pool.broadcast(do_nothing)), std::system_error);
    busy_worker busy(pool);
    busy_worker other(pool);
    event flag;
    event submitted;
    auto outer = pool.submit([&] {
        std::vector<future<int>> two;
        two.push_back(pool.submit([&] { return flag.wait() ? 1 : 0; }));
        two.push_back(pool.submit(same, 2));
        submitted.set();
        const auto any = when_any(std::move(two)).get();
        flag.set();
        return any.index;
    });
    ASSERT_TRUE(submitted.wait());
    busy.release();
    other.release();
    static_cast<void>(outer.wait_for(a_minute));
    EXPECT_TRUE(outer.ready());
    flag.set();
    result_of(outer);
    EXPECT_GE(count_refused(), 1);
}

// Its stand-in is ended by a task before what it waits for begins, and no other one can be had.
TEST_F(thread_pool_refused, lets_a_worker_run_what_its_stand_in_left) {
    thread_pool pool{{.workers = 1}};
    std::optional<future<void>> ends;
    auto waits = pool.submit([&] {
        std::vector<future<int>> all;
        auto first = pool.submit([&] {
            ends = pool.submit({.priority = task_priority::high}, [] {
                threads_left = 0;
                ::pthread_exit(nullptr);
            });
            return 1;
        });
        all.push_back(first.then(pool, same));
        wait(all);
        return all[0].get();
    });
    EXPECT_EQ(result_of(waits), 1);
    EXPECT_THROW(result_of(*ends), worker_died);
}

TEST_F(thread_pool_refused, keeps_count_of_workers_that_ended_beneath_others) {
    thread_pool pool{{.workers = 1}};
    result_of(pool.submit(do_nothing));
    allow(0);
    const std::function<void(int)> end_below = [&](int depth) {
        if (depth == 0) ::pthread_exit(nullptr);
        pool.submit(end_below, depth - 1).get();
    };
    EXPECT_THROW(result_of(pool.submit(end_below, 70)), worker_died);
    EXPECT_TRUE(eventually([&] { // the pool knows that nobody is left, and fails nothing any more
        try {
            static_cast<void>(pool.submit(same, 1));
        } catch (const std::system_error&) {
            return true;
        }
        return false;
    }));
    allow(any_number);
    std::atomic<int> running{0};
    std::atomic<int> most{0};
    std::vector<future<void>> all;
    for (int i = 0; i != 50; ++i)
        all.push_back(pool.submit([&] {
            most = std::max(most.load(), ++running);
            std::this_thread::yield();
            --running;
        }));
    for (auto& each : all) result_of(each);
    EXPECT_EQ(most, 1);
}

TEST_F(thread_pool_refused, ends_with_a_call_that_nobody_is_left_to_answer) {
    std::vector<future<int>> all;
    {
        thread_pool pool{{.workers = 1}};
        doomed_worker doomed(pool);
        pool.pause();
        all = pool.broadcast(same, 1);
        doomed.end();
        allow(0);
    }
    try {
        EXPECT_EQ(result_of(all[0]), 1) << "the next thread came before threads were refused";
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string(error.what()).find("nobody is left"), std::string::npos) << error.what();
    }
}

// Many refusals in a row are not a reason not to ask when there is no thread at all.
TEST_F(thread_pool_refused, asks_again_when_nobody_is_left) {
    thread_pool pool{{.workers = 2, .max_pending = 2}};
    doomed_worker doomed(pool);
    allow(0);
    for (int i = 0; i != 20; ++i) {
        pool.pause();
        pool.resume(); // which asks for the second one
    }
    EXPECT_GE(count_refused(), 8);
    auto waiting = pool.submit(same, 1);
    doomed.end();
    EXPECT_THROW(result_of(waiting), std::system_error);
}

// Both wait, and no third one can be had for the call.
TEST_F(thread_pool_refused, lets_those_who_wait_answer_a_call_alone) {
    for (const bool with_get : {false, true}) {
        thread_pool pool{{.workers = 2}};
        allow(2);
        auto waits = wait_for_what_runs(pool, [&] {
            auto all = pool.broadcast(same, 1);
            if (with_get) {
                for (auto& each : all) each.get();
            } else {
                wait(all, all_completed);
            }
        });
        result_of(waits);
    }
}

} // namespace
} // namespace penstock::test

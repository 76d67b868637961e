// SPDX-License-Identifier: MIT
// thread_pool::submit_async: where coroutines go on that had to wait for room, and what they may do there.
#include "contract/tools.hpp"
#include "support/detached.hpp"
#include "support/waiting.hpp"

#include <penstock/thread_pool.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace penstock::test {
namespace {

TEST(thread_pool_submit_async, goes_on_in_the_worker_that_made_room) {
    thread_pool pool{{.workers = 1, .max_pending = 1}};
    std::thread::id worker;
    std::thread::id resumed;
    event over;
    const auto submit = [&]() -> detached {
        future<int> result = co_await pool.submit_async(same, 4);
        resumed = std::this_thread::get_id();
        EXPECT_EQ(result.get(), 4);
        over.set();
    };
    {
        busy_worker busy(pool);
        submit();
    }
    ASSERT_TRUE(over.wait());
    worker = result_of(pool.submit([] { return std::this_thread::get_id(); }));
    EXPECT_EQ(resumed, worker);
}

// Each makes room for the next one by waiting for its own task, in the place where it goes on.
TEST(thread_pool_submit_async, keeps_the_stack_flat) {
    constexpr int coroutines = 10'000;
    thread_pool pool{{.workers = 2, .max_pending = 1}};
    std::atomic<int> sum{0};
    const auto submit = [&]() -> detached {
        future<int> result = co_await pool.submit_async(same, 1);
        sum += result.get();
    };
    {
        busy_worker busy(pool);
        for (int i = 0; i != coroutines; ++i) submit();
    }
    EXPECT_TRUE(eventually([&] { return sum == coroutines; })) << sum;
    pool.wait_idle();
}

TEST(thread_pool_submit_async, may_destroy_its_pool) {
    auto pool = std::make_unique<thread_pool>(pool_options{.workers = 1, .max_pending = 1});
    event over;
    const auto submit = [&]() -> detached {
        future<int> result = co_await pool->submit_async(same, 5);
        pool.reset();
        EXPECT_EQ(result.get(), 5);
        over.set();
    };
    auto busy = std::make_unique<busy_worker<thread_pool>>(*pool);
    submit();
    busy->release();
    EXPECT_TRUE(over.wait());
}

TEST(thread_pool_submit_async, goes_on_in_the_thread_that_cancels) {
    thread_pool pool{{.workers = 1, .max_pending = 2}};
    busy_worker busy(pool);
    auto cancelled = pool.submit(same, 1);
    std::thread::id resumed;
    std::optional<future<int>> result;
    const auto submit = [&]() -> detached {
        result = co_await pool.submit_async(same, 2);
        resumed = std::this_thread::get_id();
    };
    submit();
    EXPECT_TRUE(cancelled.cancel());
    EXPECT_EQ(resumed, std::this_thread::get_id());
    busy.release();
    ASSERT_TRUE(result);
    EXPECT_EQ(result_of(*result), 2);
}

TEST(thread_pool_submit_async, lets_threads_that_wait_in_submit_have_their_turn) {
    thread_pool pool{{.workers = 2, .max_pending = 2}};
    std::atomic<int> ran{0};
    const auto submit = [&]() -> detached {
        for (int i = 0; i != 500; ++i) static_cast<void>(co_await pool.submit_async([&ran] { ++ran; }));
    };
    std::thread blocking([&] {
        for (int i = 0; i != 500; ++i) static_cast<void>(pool.submit([&ran] { ++ran; }));
    });
    submit();
    blocking.join();
    EXPECT_TRUE(eventually([&] { return ran == 1'000; })) << ran;
}

TEST(thread_pool_submit_async, is_given_up_while_others_make_room) {
    std::atomic<int> ran{0};
    std::vector<owned> kept;
    {
        thread_pool pool{{.workers = 2, .max_pending = 1}};
        const auto submit = [&]() -> owned { static_cast<void>(co_await pool.submit_async([&ran] { ++ran; })); };
        for (int round = 0; round != 300; ++round) {
            busy_worker held(pool);
            std::vector<owned> given_up;
            for (int i = 0; i != 2; ++i) {
                kept.push_back(submit());
                given_up.push_back(submit());
            }
            for (owned& each : given_up) each.handle.destroy();
            held.release();
            pool.wait_idle();
        }
        EXPECT_EQ(pool.stats().cancelled, 600u);
        EXPECT_EQ(pool.stats().done, 900u);
    } // nobody resumes any more
    EXPECT_EQ(ran, 600);
    for (owned& each : kept) {
        EXPECT_TRUE(each.handle.done());
        each.handle.destroy();
    }
}

TEST(thread_pool_submit_async, is_told_of_a_pool_that_breaks) {
    event go;
    thread_pool pool{{.workers = 1,
                      .initializer = call([&] {
                          EXPECT_TRUE(go.wait());
                          throw std::runtime_error("no");
                      }),
                      .max_pending = 1}};
    auto first = pool.submit(same, 1);
    event over;
    const auto submit = [&]() -> detached {
        future<int> result = co_await pool.submit_async(same, 2);
        EXPECT_THROW(result_of(result), pool_broken);
        over.set();
    };
    submit();
    go.set();
    EXPECT_TRUE(over.wait());
    EXPECT_THROW(result_of(first), pool_broken);
}

} // namespace
} // namespace penstock::test

// SPDX-License-Identifier: MIT
// thread_pool::submit_async: where coroutines go on that had to wait for room, and what they may do there.
#include "contract/tools.hpp"
#include "support/allocations.hpp"
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

// Two wait when the pool is shut down, and the first that goes on waits for the other one.
TEST(thread_pool_submit_async, may_wait_for_its_pool_when_it_is_refused) {
    for (const bool by_shutdown : {false, true}) {
        thread_pool pool{{.workers = 1, .max_pending = 1}};
        std::atomic<int> over{0};
        const auto submit = [&]() -> detached {
            future<int> result = co_await pool.submit_async(same, 1);
            EXPECT_THROW(result_of(result), pool_closed);
            if (by_shutdown) pool.shutdown();
            else pool.wait_idle();
            ++over;
        };
        busy_worker busy(pool);
        submit();
        submit();
        std::thread ending([&] { pool.shutdown(); });
        ASSERT_TRUE(eventually([&] { return pool.stats().queued == 0; })) << "they are not refused";
        busy.release();
        ending.join();
        EXPECT_EQ(over, 2);
    }
}

TEST(thread_pool_submit_async, never_exceeds_the_bound_after_a_broadcast) {
    thread_pool pool{{.workers = 6, .max_pending = 2}};
    std::atomic<int> running{0};
    std::atomic<int> most{0};
    std::atomic<int> over{0};
    const auto submit = [&]() -> detached {
        static_cast<void>(co_await pool.submit_async([&] {
            const int now = ++running;
            for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
            }
            std::this_thread::yield();
            --running;
        }));
        ++over;
    };
    {
        busy_worker first(pool);
        busy_worker second(pool);
        for (int i = 0; i != 200; ++i) submit();
        static_cast<void>(pool.broadcast(do_nothing));
    }
    pool.wait_idle();
    EXPECT_TRUE(eventually([&] { return over == 200; })) << over;
    EXPECT_LE(most, 2);
}

TEST(thread_pool_submit_async, counts_as_queued_while_it_waits_for_room) {
    thread_pool pool{{.workers = 1, .max_pending = 2}};
    const auto submit = [&]() -> detached { static_cast<void>(co_await pool.submit_async(same, 1)); };
    busy_worker busy(pool);
    for (int i = 0; i != 10; ++i) submit();
    EXPECT_EQ(pool.stats().queued, 10u);
    EXPECT_EQ(pool.stats().running, 1u);
    busy.release();
    pool.wait_idle();
    EXPECT_EQ(pool.stats().queued, 0u);
}

// What a coroutine left that was destroyed while it waited is not kept until there is room.
TEST(thread_pool_submit_async, leaves_nothing_behind_when_it_is_given_up) {
    thread_pool pool{{.workers = 1, .max_pending = 1}};
    busy_worker busy(pool);
    const auto submit = [&]() -> owned { static_cast<void>(co_await pool.submit_async(same, 1)); };
    submit().handle.destroy();
    const std::size_t before = allocations - freed;
    for (int i = 0; i != 10'000; ++i) submit().handle.destroy();
    EXPECT_LT(allocations - freed, before + 1'000);
    EXPECT_EQ(pool.stats().cancelled, 10'001u);
}

// Each allocation on the way fails once.
TEST(thread_pool_submit_async, throws_where_there_is_no_memory_to_wait) {
    thread_pool pool{{.workers = 1, .max_pending = 1}};
    busy_worker busy(pool);
    int caught = 0;
    int over = 0;
    const auto submit = [&](unsigned failing) -> detached {
        auto later = pool.submit_async(same, 1);
        refuse_each = static_cast<unsigned>(allocations) + failing;
        try {
            static_cast<void>(co_await std::move(later));
            ++over;
        } catch (const std::bad_alloc&) {
            ++caught;
        }
        refuse_each = 0;
    };
    int waiting = 0;
    for (unsigned failing = 1; waiting == 0; ++failing) {
        const std::size_t before = refused;
        submit(failing);
        refuse_each = 0;
        waiting += refused == before;
        EXPECT_EQ(caught, static_cast<int>(failing) - waiting);
    }
    EXPECT_GE(caught, 3);
    busy.release();
    pool.wait_idle();
    EXPECT_TRUE(eventually([&] { return pool.stats().done == 2; }));
    pool.shutdown(); // joins who resumes
    EXPECT_EQ(over, 1);
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

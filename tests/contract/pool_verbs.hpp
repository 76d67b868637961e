// SPDX-License-Identifier: MIT
// Contract: what concerns a pool as a whole, its workers, its bound and its figures: resize, broadcast, submit_async, stats.
#pragma once

#include "contract/tools.hpp"
#include "support/detached.hpp"
#include "support/waiting.hpp"

#include <penstock/pool_stats.hpp>

#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace penstock::test {

inline int throw_on_purpose() { throw std::runtime_error("on purpose"); }
/// Says that it runs, and waits: so many that have said so run at the same time.
inline int mark_then_hold(const std::string& marks, const std::string& release) {
    tally::mark(marks);
    gate::wait(release);
    return 1;
}
inline std::size_t length_of(std::string text) { return text.size(); }

/// What coroutines got, in the order in which they went on.
struct resumed_in_order {
    std::mutex mutex;
    std::vector<int> numbers;
    std::vector<future<int>> futures;

    void add(int number, future<int> result) {
        const std::lock_guard lock(mutex);
        numbers.push_back(number);
        futures.push_back(std::move(result));
    }
    std::size_t count() {
        const std::lock_guard lock(mutex);
        return numbers.size();
    }
};
template <class Pool>
detached submit_number(Pool& pool, int number, resumed_in_order& resumed) {
    const task_options options{.label = "a number"}; // not within co_await: g++ 12 makes a broken copy of it there
    future<int> result = co_await pool.submit_async(options, same, number);
    resumed.add(number, std::move(result));
}
template <class Pool>
owned submit_mark(Pool& pool, std::string marks) {
    static_cast<void>(co_await pool.submit_async(mark, marks));
}

template <class Pool>
class contract_pool_verbs : public ::testing::Test {};
TYPED_TEST_SUITE_P(contract_pool_verbs);

TYPED_TEST_P(contract_pool_verbs, count_each_task_by_how_it_ended) {
    TypeParam pool{{.workers = 1}};
    {
        busy_worker busy(pool);
        auto cancelled = pool.submit(same, 1);
        static_cast<void>(pool.submit(same, 2));
        EXPECT_TRUE(cancelled.cancel());
        EXPECT_TRUE(eventually([&] { return pool.stats().queued == 1; }));
        EXPECT_EQ(pool.stats().running, 1u);
        EXPECT_EQ(pool.stats().workers, 1u);
        busy.release();
        result_of(busy.task());
    }
    pool.wait_idle();
    EXPECT_THROW(result_of(pool.submit(throw_on_purpose)), std::runtime_error);
    EXPECT_EQ(result_of(pool.submit(same, 3)), 3);
    const pool_stats now = pool.stats();
    EXPECT_EQ(now.done, 3u);
    EXPECT_EQ(now.failed, 1u);
    EXPECT_EQ(now.cancelled, 1u);
    EXPECT_EQ(now.timed_out, 0u);
    EXPECT_EQ(now.queued + now.running, 0u);
    EXPECT_EQ(now.wait.count(), 4u);
    EXPECT_EQ(now.run.count(), 4u);
}

TYPED_TEST_P(contract_pool_verbs, count_what_the_end_of_the_pool_cancelled) {
    TypeParam pool{{.workers = 1}};
    busy_worker busy(pool);
    for (int i = 0; i != 3; ++i) static_cast<void>(pool.submit(same, i));
    busy.release();
    pool.shutdown(shutdown_mode::cancel_pending);
    const pool_stats now = pool.stats();
    EXPECT_EQ(now.done + now.cancelled, 4u) << "it may have begun some of them";
    EXPECT_EQ(now.queued + now.running, 0u);
}

TYPED_TEST_P(contract_pool_verbs, make_workers_more_and_less) {
    TypeParam pool{{.workers = 1}};
    for (const std::size_t workers : {4u, 2u, 5u, 1u}) {
        pool.resize(workers);
        EXPECT_EQ(pool.workers(), workers);
        const tally running;
        const gate release;
        std::vector<future<int>> held;
        for (int i = 0; i != 6; ++i) held.push_back(pool.submit(mark_then_hold, running.path(), release.path()));
        EXPECT_TRUE(eventually([&] { return running.count() == workers; })) << running.count();
        release.open();
        for (auto& each : held) EXPECT_EQ(result_of(each), 1);
    }
    pool.resize(0);
    EXPECT_GE(pool.workers(), 1u);
    EXPECT_THROW(pool.resize(1'000'000), std::invalid_argument);
    pool.shutdown();
    EXPECT_THROW(pool.resize(2), pool_closed);
}

TYPED_TEST_P(contract_pool_verbs, run_a_broadcast_once_on_every_worker) {
    TypeParam pool{{.workers = 3, .max_pending = 1}};
    const tally running;
    const gate release;
    auto all = pool.broadcast(mark_then_hold, running.path(), release.path()); // the bound is not for these
    ASSERT_EQ(all.size(), 3u);
    EXPECT_TRUE(eventually([&] { return running.count() == 3; })) << "they do not run side by side";
    EXPECT_FALSE(pool.try_submit(same, 1)) << "they count as unfinished";
    release.open();
    for (auto& each : all) EXPECT_EQ(result_of(each), 1);
    EXPECT_EQ(running.count(), 3u);
    const std::string text = "everywhere";
    for (auto& each : pool.broadcast(length_of, text)) EXPECT_EQ(result_of(each), text.size());
    EXPECT_EQ(text, "everywhere");
    pool.shutdown();
    EXPECT_THROW(static_cast<void>(pool.broadcast(same, 1)), pool_closed);
}

TYPED_TEST_P(contract_pool_verbs, let_a_broadcast_be_cancelled_and_drained) {
    const tally marks;
    TypeParam pool{{.workers = 1}};
    {
        busy_worker busy(pool);
        auto never = pool.broadcast(mark, marks.path());
        EXPECT_TRUE(never[0].cancel());
        EXPECT_THROW(result_of(never[0]), task_cancelled);
        static_cast<void>(pool.broadcast(mark, marks.path()));
        EXPECT_EQ(pool.stats().queued, 1u);
    }
    pool.shutdown();
    EXPECT_EQ(marks.count(), 1u);
}

TYPED_TEST_P(contract_pool_verbs, let_coroutines_wait_for_room_in_their_order) {
    TypeParam pool{{.workers = 1, .max_pending = 1}};
    resumed_in_order resumed;
    {
        busy_worker busy(pool);
        for (int i = 0; i != 50; ++i) submit_number(pool, i, resumed);
        EXPECT_EQ(resumed.count(), 0u);
        EXPECT_FALSE(pool.try_submit(same, 1));
        busy.release();
        result_of(busy.task());
    }
    pool.wait_idle(); // for those who wait for room, too
    EXPECT_EQ(pool.stats().done, 51u);
    ASSERT_TRUE(eventually([&] { return resumed.count() == 50; })) << resumed.count();
    for (int i = 0; i != 50; ++i) {
        EXPECT_EQ(resumed.numbers[static_cast<std::size_t>(i)], i);
        EXPECT_EQ(result_of(resumed.futures[static_cast<std::size_t>(i)]), i);
    }
    EXPECT_EQ(result_of(pool.submit(same, 7)), 7) << "nobody waits any more";
}

TYPED_TEST_P(contract_pool_verbs, let_coroutines_that_need_not_wait_go_on) {
    TypeParam pool{{.workers = 1}};
    resumed_in_order resumed;
    for (int i = 0; i != 20; ++i) submit_number(pool, i, resumed);
    EXPECT_EQ(resumed.count(), 20u);
    for (auto& each : resumed.futures) result_of(each);
    static_cast<void>(pool.submit_async(throw_on_purpose)); // dropped, so it is never submitted
    pool.wait_idle();
    EXPECT_EQ(pool.stats().failed, 0u);
    pool.shutdown();
    bool closed = false;
    const auto late = [](TypeParam& of, bool& refused) -> detached {
        try {
            static_cast<void>(co_await of.submit_async(same, 1));
        } catch (const pool_closed&) {
            refused = true;
        }
    };
    late(pool, closed);
    EXPECT_TRUE(closed);
}

TYPED_TEST_P(contract_pool_verbs, forget_a_coroutine_that_is_destroyed_while_it_waits) {
    const tally marks;
    owned second;
    {
        TypeParam pool{{.workers = 1, .max_pending = 1}};
        busy_worker busy(pool);
        owned first = submit_mark(pool, marks.path());
        second = submit_mark(pool, marks.path());
        first.handle.destroy();
        busy.release();
        EXPECT_TRUE(eventually([&] { return marks.count() != 0; })) << "the second one is not submitted";
        pool.wait_idle();
    } // and whoever resumes is gone
    EXPECT_EQ(marks.count(), 1u);
    EXPECT_TRUE(second.handle.done());
    second.handle.destroy();
}

TYPED_TEST_P(contract_pool_verbs, let_nobody_wait_for_room_in_a_pool_that_ends) {
    for (const auto mode : {shutdown_mode::drain, shutdown_mode::cancel_pending}) {
        TypeParam pool{{.workers = 1, .max_pending = 1}};
        resumed_in_order resumed;
        busy_worker busy(pool);
        for (int i = 0; i != 4; ++i) submit_number(pool, i, resumed);
        std::thread ending([&] { pool.shutdown(mode); });
        EXPECT_TRUE(eventually([&] { return resumed.count() == 4; })) << "before the worker is done";
        busy.release();
        ending.join();
        for (auto& each : resumed.futures) EXPECT_THROW(result_of(each), penstock::error);
    }
}

REGISTER_TYPED_TEST_SUITE_P(contract_pool_verbs, count_each_task_by_how_it_ended, count_what_the_end_of_the_pool_cancelled,
                            make_workers_more_and_less, run_a_broadcast_once_on_every_worker,
                            let_a_broadcast_be_cancelled_and_drained, let_coroutines_wait_for_room_in_their_order,
                            let_coroutines_that_need_not_wait_go_on, forget_a_coroutine_that_is_destroyed_while_it_waits,
                            let_nobody_wait_for_room_in_a_pool_that_ends);

} // namespace penstock::test

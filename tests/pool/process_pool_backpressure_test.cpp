// SPDX-License-Identifier: MIT
// max_pending and max_pending_bytes: submit waits, try_submit is empty, a callback gets queue_full; and a million submits
// behind slow workers stay within the bound. What waits is woken when the pool ends. Coroutines:
// process_pool_submit_async_test.cpp.
#include "event.hpp"
#include "pool/bounded_pool_fixture.hpp"
#include "support/payload.hpp"
#include "support/sanitizers.hpp"

#include <atomic>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t mib = 1024 * 1024;
constexpr std::size_t allowance = (with_sanitizer ? 2'000 : 20) * mib; // a sanitizer keeps what is freed

std::size_t length(const std::string& text) { return text.size(); }
void die() { ::_exit(1); }

class process_pool_backpressure : public bounded_pool_test {};

TEST_F(process_pool_backpressure, try_submit_is_empty_at_the_bound_and_not_below) {
    process_pool pool{{.workers = 1, .max_pending = 10}};
    hold(pool);
    std::vector<future<int>> taken;
    for (int i = 0; i != 9; ++i) {
        auto one = pool.try_submit(twice, i);
        ASSERT_TRUE(one) << i;
        taken.push_back(std::move(*one));
    }
    for (int i = 0; i != 100; ++i) EXPECT_FALSE(pool.try_submit({.label = "too much"}, twice, i));
    EXPECT_TRUE(taken.back().cancel());
    EXPECT_TRUE(pool.try_submit(twice, 1)) << "a cancelled task makes room";
    EXPECT_FALSE(pool.try_submit(twice, 1));
    let_go();
    for (int i = 0; i != 8; ++i) EXPECT_EQ(outcome_of(taken[static_cast<std::size_t>(i)]), 2 * i);
    pool.wait_idle();
    EXPECT_TRUE(pool.try_submit(twice, 1));
}

TEST_F(process_pool_backpressure, submit_waits_until_there_is_room) {
    process_pool pool{{.workers = 1, .max_pending = 2}};
    hold(pool);
    auto waiting = pool.submit(twice, 1);
    std::atomic<bool> submitted{false};
    std::thread producer([&] {
        EXPECT_EQ(outcome_of(pool.submit(twice, 21)), 42);
        submitted = true;
    });
    for (int i = 0; i != 100; ++i) EXPECT_FALSE(pool.try_submit(twice, 1));
    EXPECT_FALSE(submitted);
    EXPECT_EQ(pool.stats().queued, 1u);
    let_go();
    producer.join();
    EXPECT_EQ(outcome_of(waiting), 2);
}

TEST_F(process_pool_backpressure, bytes_are_bounded_too_and_one_task_is_always_taken) {
    process_pool pool{{.workers = 1, .max_pending_bytes = mib}};
    EXPECT_EQ(outcome_of(pool.submit(length, std::string(3 * mib, 'x'))), 3 * mib) << "larger than the bound, but alone";
    pool.wait_idle();
    hold(pool);
    auto first = pool.try_submit(length, std::string(mib / 2, 'x'));
    ASSERT_TRUE(first);
    EXPECT_FALSE(pool.try_submit(length, std::string(mib / 2, 'x')));
    auto small = pool.try_submit(length, std::string(mib / 4, 'x'));
    ASSERT_TRUE(small);
    std::thread producer([&] { EXPECT_EQ(outcome_of(pool.submit(length, std::string(mib / 2, 'y'))), mib / 2); });
    let_go();
    producer.join();
    EXPECT_EQ(outcome_of(*first), mib / 2);
    EXPECT_EQ(outcome_of(*small), mib / 4);
}

TEST_F(process_pool_backpressure, in_a_callback_submit_on_a_full_pool_throws_queue_full) {
    process_pool pool{{.workers = 2, .max_pending = 2}};
    hold(pool);
    auto first = pool.submit(twice, 1);
    event done;
    std::string what;
    first.on_done([&](future<int>&) {
        std::optional<future<pid_t>> blocker;
        while (!(blocker = pool.try_submit(stay, there_.path(), release_.path()))) {} // its own task counts until it is published
        try {
            static_cast<void>(pool.submit(twice, 3));
        } catch (const queue_full& e) {
            what = e.what();
        }
        done.set();
    });
    ASSERT_TRUE(done.wait());
    EXPECT_NE(what.find("callback"), std::string::npos) << what;
    there_.next();
    let_go();
    expect_works(pool);
}

TEST_F(process_pool_backpressure, a_callback_may_submit_while_there_is_room) {
    process_pool pool{{.workers = 1, .max_pending = 10}};
    event done;
    future<int> second;
    auto first = pool.submit(twice, 1);
    first.on_done([&](future<int>&) {
        second = pool.submit(twice, 2);
        done.set();
    });
    ASSERT_TRUE(done.wait());
    EXPECT_EQ(outcome_of(second), 4);
}

// A producer that never waits, in front of a worker that never ends: what is refused leaves nothing behind.
TEST_F(process_pool_backpressure, a_million_tries_at_a_full_pool_take_no_memory) {
    process_pool pool{{.workers = 1, .max_pending = 1'000}};
    hold(pool);
    std::vector<future<std::size_t>> taken;
    const std::string text = random_text(200);
    while (auto one = pool.try_submit(length, text)) taken.push_back(std::move(*one));
    EXPECT_EQ(taken.size(), 999u);
    const std::size_t before = resident_memory();
    const int tries = with_sanitizer ? 20'000 : 1'000'000;
    int refused = 0;
    for (int i = 0; i != tries; ++i) refused += !pool.try_submit(length, text);
    EXPECT_EQ(refused, tries);
    EXPECT_LT(resident_memory(), before + allowance);
    let_go();
    for (auto& each : taken) EXPECT_EQ(outcome_of(each), 200u);
}

TEST_F(process_pool_backpressure, a_million_submits_stay_within_the_bound) {
    process_pool pool{{.workers = 2, .max_pending = 1'000}};
    wake_all(pool);
    const std::uint64_t tasks = with_sanitizer ? 20'000 : 1'000'000;
    std::size_t before = 0;
    std::size_t most = 0;
    for (std::uint64_t i = 0; i != tasks; ++i) {
        static_cast<void>(pool.submit(do_nothing));
        if (i % 10'000 != 5'000) continue;
        const auto stats = pool.stats();
        EXPECT_LE(stats.queued + stats.running, 1'000u);
        most = std::max(most, resident_memory());
        if (before == 0) before = most;
    }
    pool.wait_idle();
    EXPECT_EQ(pool.stats().done, tasks + 2);
    EXPECT_LT(most, before + allowance);
}

TEST_F(process_pool_backpressure, producers_in_many_threads_all_come_through) {
    process_pool pool{{.workers = 2, .max_pending = 3}};
    const int each = with_sanitizer ? 100 : 1'000;
    std::vector<std::thread> producers;
    std::atomic<int> sum{0};
    for (int t = 0; t != 8; ++t)
        producers.emplace_back([&] {
            for (int i = 0; i != each; ++i) sum += outcome_of(pool.submit(twice, 1));
        });
    for (auto& producer : producers) producer.join();
    EXPECT_EQ(sum, 8 * each * 2);
}

TEST_F(process_pool_backpressure, a_shutdown_wakes_threads_that_wait) {
    process_pool pool{{.workers = 1, .max_pending = 1}};
    hold(pool);
    std::atomic<int> begun{0};
    std::vector<std::thread> producers;
    for (int i = 0; i != 4; ++i)
        producers.emplace_back([&] {
            ++begun;
            EXPECT_THROW(static_cast<void>(pool.submit(twice, 1)), pool_closed);
        });
    EXPECT_TRUE(eventually([&] { return begun == 4; }));
    std::thread ending([&] { pool.shutdown(); });
    for (auto& producer : producers) producer.join(); // while the worker is still busy
    EXPECT_FALSE(held_.front().ready());
    let_go();
    ending.join();
}

TEST_F(process_pool_backpressure, a_broadcast_is_not_held_back) {
    process_pool pool{{.workers = 1, .max_pending = 1}};
    hold(pool);
    auto all = pool.broadcast(twice, 2);
    let_go();
    EXPECT_EQ(outcome_of(all[0]), 4);
}

TEST_F(process_pool_backpressure, a_lost_task_makes_room) {
    process_pool pool{{.workers = 1, .max_pending = 1}};
    for (int i = 0; i != 10; ++i) error_of<worker_died>(pool.submit(die));
    EXPECT_EQ(outcome_of(pool.submit(twice, 1)), 2);
}

} // namespace
} // namespace penstock::test

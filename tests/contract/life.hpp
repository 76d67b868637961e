// SPDX-License-Identifier: MIT
// Contract: the life of a pool, from its options to its end, and many threads that use it.
#pragma once

#include "contract/tools.hpp"

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace penstock::test {

template <class Pool>
class contract_life : public ::testing::Test {};
TYPED_TEST_SUITE_P(contract_life);

TYPED_TEST_P(contract_life, counts_workers) {
    EXPECT_EQ(TypeParam{{.workers = 3}}.workers(), 3u);
    TypeParam automatic;
    EXPECT_GE(automatic.workers(), 1u);
    EXPECT_EQ(result_of(automatic.submit(add, 1, 2)), 3);
}

TYPED_TEST_P(contract_life, refuses_an_absurd_number_of_workers) {
    try {
        TypeParam absurd{{.workers = 1'000'000}};
        ADD_FAILURE() << "nothing was thrown";
    } catch (const std::invalid_argument& error) {
        const std::string what = error.what();
        EXPECT_NE(what.find("1000000"), std::string::npos) << what;
        EXPECT_NE(what.find("65536"), std::string::npos) << what;
    }
}

TYPED_TEST_P(contract_life, begins_and_ends_without_work) {
    for (int i = 0; i < 10; ++i) {
        TypeParam pool{{.workers = 2}};
        pool.wait_idle();
        if (i % 2 == 0) pool.shutdown();
    }
}

TYPED_TEST_P(contract_life, waits_until_idle_and_goes_on) {
    const tally marks;
    TypeParam pool{{.workers = 2}};
    for (std::size_t round = 1; round <= 3; ++round) {
        for (int i = 0; i < 20; ++i) static_cast<void>(pool.submit(mark, marks.path()));
        pool.wait_idle();
        EXPECT_EQ(marks.count(), 20 * round);
    }
}

TYPED_TEST_P(contract_life, ends_by_running_what_was_submitted) {
    const tally marks;
    const gate release;
    std::vector<future<void>> futures;
    {
        TypeParam pool{{.workers = 2}};
        for (int i = 0; i < 2; ++i)
            futures.push_back(pool.submit(hold_then_mark, release.path(), marks.path()));
        for (int i = 0; i < 50; ++i) futures.push_back(pool.submit(mark, marks.path()));
        release.open();
    }
    EXPECT_EQ(marks.count(), 52u);
    for (auto& each : futures) {
        EXPECT_TRUE(each.ready());
        result_of(each);
    }
}

TYPED_TEST_P(contract_life, drains_when_shut_down) {
    const tally marks;
    TypeParam pool{{.workers = 1}};
    std::vector<future<void>> futures;
    for (int i = 0; i < 50; ++i) futures.push_back(pool.submit(mark, marks.path()));
    pool.shutdown(shutdown_mode::drain);
    EXPECT_EQ(marks.count(), 50u);
    for (auto& each : futures) result_of(each);
}

TYPED_TEST_P(contract_life, takes_nothing_after_shutdown) {
    TypeParam pool{{.workers = 1}};
    pool.shutdown();
    EXPECT_THROW(static_cast<void>(pool.submit(add, 1, 2)), pool_closed);
    pool.shutdown();
    pool.shutdown(shutdown_mode::kill);
    pool.wait_idle();
}

TYPED_TEST_P(contract_life, finishes_only_what_runs_when_pending_tasks_are_cancelled) {
    const tally marks;
    const gate started;
    const gate release;
    TypeParam pool{{.workers = 1}};
    auto running = pool.submit(hold, started.path(), release.path());
    started.wait();
    std::vector<future<void>> pending;
    for (int i = 0; i < 20; ++i) pending.push_back(pool.submit(mark, marks.path()));
    std::thread ending([&] { pool.shutdown(shutdown_mode::cancel_pending); });
    for (auto& each : pending) EXPECT_THROW(result_of(each), task_cancelled);
    release.open();
    ending.join();
    EXPECT_EQ(result_of(running), 1);
    EXPECT_EQ(marks.count(), 0u);
}

TYPED_TEST_P(contract_life, runs_nothing_more_when_killed) {
    const tally marks;
    const gate started;
    const gate release;
    TypeParam pool{{.workers = 1}};
    auto running = pool.submit(hold, started.path(), release.path());
    started.wait();
    std::vector<future<void>> pending;
    for (int i = 0; i < 20; ++i) pending.push_back(pool.submit(mark, marks.path()));
    std::thread ending([&] { pool.shutdown(shutdown_mode::kill); });
    for (auto& each : pending) EXPECT_THROW(result_of(each), error);
    release.open(); // a thread cannot be killed, and ends its task
    ending.join();
    EXPECT_TRUE(running.ready());
    try {
        EXPECT_EQ(running.get(), 1);
    } catch (const pool_closed&) { // a process was killed
    }
    EXPECT_EQ(marks.count(), 0u);
}

TYPED_TEST_P(contract_life, may_be_shut_down_by_many_threads_at_once) {
    const tally marks;
    TypeParam pool{{.workers = 2}};
    for (int i = 0; i < 50; ++i) static_cast<void>(pool.submit(mark, marks.path()));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            pool.shutdown();
            EXPECT_EQ(marks.count(), 50u);
        });
    for (auto& each : threads) each.join();
}

TYPED_TEST_P(contract_life, takes_tasks_from_many_threads) {
    constexpr int each = 1'000;
    TypeParam pool{{.workers = 2}};
    std::vector<std::thread> threads;
    std::atomic<long> total{0};
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&] {
            std::vector<future<int>> futures;
            for (int i = 0; i < each; ++i) futures.push_back(pool.submit(same, i));
            for (auto& f : futures) total += result_of(f);
        });
    for (auto& one : threads) one.join();
    EXPECT_EQ(total, 8L * (each - 1) * each / 2);
}

REGISTER_TYPED_TEST_SUITE_P(contract_life, counts_workers, refuses_an_absurd_number_of_workers,
                            begins_and_ends_without_work, waits_until_idle_and_goes_on,
                            ends_by_running_what_was_submitted, drains_when_shut_down,
                            takes_nothing_after_shutdown,
                            finishes_only_what_runs_when_pending_tasks_are_cancelled,
                            runs_nothing_more_when_killed, may_be_shut_down_by_many_threads_at_once,
                            takes_tasks_from_many_threads);

} // namespace penstock::test

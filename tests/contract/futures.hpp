// SPDX-License-Identifier: MIT
// Contract: future<T> and cancel.
#pragma once

#include "contract/tools.hpp"

#include <future>
#include <thread>
#include <type_traits>
#include <vector>

namespace penstock::test {

template <class Pool>
class contract_futures : public ::testing::Test {
protected:
    Pool pool{{.workers = 1}};
};
TYPED_TEST_SUITE_P(contract_futures);

TYPED_TEST_P(contract_futures, give_their_result_once) {
    auto sum = this->pool.submit(add, 1, 2);
    EXPECT_TRUE(sum.valid());
    EXPECT_EQ(result_of(sum), 3);
    EXPECT_FALSE(sum.valid());
    EXPECT_TRUE(has_no_state([&] { sum.get(); }));
    EXPECT_TRUE(has_no_state([&] { sum.wait(); }));
    EXPECT_TRUE(has_no_state([&] { sum.cancel(); }));
    EXPECT_TRUE(has_no_state([&] { sum.on_done([] {}); }));
    auto failed = this->pool.submit([]() -> int { throw std::out_of_range("x"); });
    EXPECT_THROW(result_of(failed), std::out_of_range);
    EXPECT_TRUE(has_no_state([&] { failed.get(); }));
}

TYPED_TEST_P(contract_futures, have_no_state_when_made_by_default_or_moved_from) {
    future<int> none;
    EXPECT_FALSE(none.valid());
    EXPECT_TRUE(has_no_state([&] { none.get(); }));
    EXPECT_TRUE(has_no_state([&] { static_cast<void>(none.ready()); }));
    auto first = this->pool.submit(add, 1, 2);
    future<int> second = std::move(first);
    EXPECT_TRUE(has_no_state([&] { first.get(); })); // NOLINT: this is the test
    EXPECT_EQ(result_of(second), 3);
    static_assert(!std::is_copy_constructible_v<future<int>> && !std::is_copy_assignable_v<future<int>>);
}

TYPED_TEST_P(contract_futures, wait_with_a_limit) {
    busy_worker<TypeParam> busy(this->pool);
    EXPECT_FALSE(busy.task().wait_for(std::chrono::milliseconds(1)));
    EXPECT_FALSE(busy.task().wait_for(std::chrono::seconds(0)));
    EXPECT_FALSE(busy.task().wait_until(std::chrono::system_clock::now() + std::chrono::milliseconds(1)));
    EXPECT_FALSE(busy.task().ready());
    busy.release();
    EXPECT_TRUE(busy.task().wait_for(a_minute));
    EXPECT_TRUE(busy.task().ready());
    EXPECT_TRUE(busy.task().wait_for(std::chrono::hours::max()));
    EXPECT_EQ(busy.task().get(), 1);
}

TYPED_TEST_P(contract_futures, know_whether_their_task_runs) {
    busy_worker<TypeParam> busy(this->pool);
    EXPECT_TRUE(busy.task().running());
    busy.release();
    ASSERT_TRUE(busy.task().wait_for(a_minute));
    EXPECT_FALSE(busy.task().running());
}

TYPED_TEST_P(contract_futures, wake_a_waiting_thread) {
    busy_worker<TypeParam> busy(this->pool);
    auto pending = this->pool.submit(same, 7);
    std::thread waiter([&] { EXPECT_EQ(result_of(pending), 7); });
    busy.release();
    waiter.join();
}

TYPED_TEST_P(contract_futures, may_be_dropped) {
    const tally marks;
    {
        busy_worker<TypeParam> busy(this->pool);
        static_cast<void>(this->pool.submit(mark, marks.path()));
        static_cast<void>(this->pool.submit([] { throw std::runtime_error("nobody asks"); }));
    }
    this->pool.wait_idle();
    EXPECT_EQ(marks.count(), 1u);
}

TYPED_TEST_P(contract_futures, outlive_their_pool) {
    future<int> value;
    future<int> error;
    {
        TypeParam gone{{.workers = 1}};
        value = gone.submit(add, 20, 22);
        error = gone.submit([]() -> int { throw std::domain_error("late"); });
    }
    EXPECT_TRUE(value.ready());
    EXPECT_FALSE(value.cancel());
    EXPECT_EQ(value.get(), 42);
    EXPECT_THROW(error.get(), std::domain_error);
}

TYPED_TEST_P(contract_futures, cancel_a_pending_task) {
    const tally marks;
    busy_worker<TypeParam> busy(this->pool);
    auto pending = this->pool.submit({.label = "tile 17"}, mark, marks.path());
    EXPECT_TRUE(pending.cancel());
    EXPECT_TRUE(pending.ready());
    EXPECT_FALSE(pending.running());
    EXPECT_FALSE(pending.cancel());
    EXPECT_NE(message_of<task_cancelled>(pending).find("tile 17"), std::string::npos);
    busy.release();
    this->pool.wait_idle();
    EXPECT_EQ(marks.count(), 0u);
    EXPECT_EQ(result_of(this->pool.submit(add, 1, 1)), 2);
}

TYPED_TEST_P(contract_futures, do_not_cancel_what_runs_or_is_done) {
    busy_worker<TypeParam> busy(this->pool);
    EXPECT_FALSE(busy.task().cancel());
    busy.release();
    ASSERT_TRUE(busy.task().wait_for(a_minute));
    EXPECT_FALSE(busy.task().cancel());
    EXPECT_EQ(busy.task().get(), 1);
}

TYPED_TEST_P(contract_futures, have_one_outcome_when_cancel_races_with_the_start) {
    constexpr std::size_t tasks = 2'000;
    const tally marks;
    std::vector<future<void>> futures;
    for (std::size_t i = 0; i < tasks; ++i) futures.push_back(this->pool.submit(mark, marks.path()));
    std::size_t cancelled = 0;
    for (auto each = futures.rbegin(); each != futures.rend(); ++each) cancelled += each->cancel() ? 1 : 0;
    std::size_t values = 0;
    std::size_t errors = 0;
    for (auto& each : futures) {
        try {
            result_of(each);
            ++values;
        } catch (const task_cancelled&) {
            ++errors;
        }
    }
    EXPECT_EQ(errors, cancelled);
    EXPECT_EQ(values, tasks - cancelled);
    EXPECT_EQ(marks.count(), values);
}

REGISTER_TYPED_TEST_SUITE_P(contract_futures, give_their_result_once,
                            have_no_state_when_made_by_default_or_moved_from, wait_with_a_limit,
                            know_whether_their_task_runs, wake_a_waiting_thread, may_be_dropped,
                            outlive_their_pool, cancel_a_pending_task, do_not_cancel_what_runs_or_is_done,
                            have_one_outcome_when_cancel_races_with_the_start);

} // namespace penstock::test

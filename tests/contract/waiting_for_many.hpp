// SPDX-License-Identifier: MIT
// Contract: wait, when_all, when_any, and waits with a limit.
#pragma once

#include "contract/continuations.hpp"

#include <penstock/when.hpp>

#include <deque>
#include <tuple>
#include <vector>

namespace penstock::test {

using indices = std::vector<std::size_t>;

inline int wait_then_return(const std::string& gate_path, int value) {
    gate::wait(gate_path);
    return value;
}
inline int wait_then_throw(const std::string& gate_path) {
    gate::wait(gate_path);
    throw std::out_of_range("after the gate");
}

template <class Pool>
class contract_waiting : public ::testing::Test {
protected:
    Pool pool{{.workers = 3}};
    gate first;
    gate second;
};
TYPED_TEST_SUITE_P(contract_waiting);

TYPED_TEST_P(contract_waiting, ends_when_the_first_is_ready) {
    std::vector<future<int>> futures;
    futures.push_back(this->pool.submit(wait_then_return, this->second.path(), 2));
    futures.push_back(this->pool.submit(wait_then_return, this->first.path(), 1));
    this->first.open();
    const auto ready = wait(futures, wait_until::first_completed, a_minute);
    EXPECT_EQ(ready.done, indices{1});
    EXPECT_EQ(ready.not_done, indices{0});
    EXPECT_EQ(futures[1].get(), 1);
    this->second.open();
    EXPECT_EQ(result_of(futures[0]), 2);
}

TYPED_TEST_P(contract_waiting, ends_when_one_failed) {
    std::vector<future<int>> futures;
    futures.push_back(this->pool.submit(wait_then_return, this->second.path(), 2));
    futures.push_back(this->pool.submit(same, 1));
    futures.push_back(this->pool.submit(wait_then_throw, this->first.path()));
    this->first.open();
    const auto [done, not_done] = wait(futures, wait_until::first_exception, a_minute);
    EXPECT_EQ(not_done.front(), 0u);
    EXPECT_EQ(done.back(), 2u);
    EXPECT_THROW(futures[2].get(), std::out_of_range);
    this->second.open();
    EXPECT_EQ(result_of(futures[0]), 2);
}

TYPED_TEST_P(contract_waiting, does_not_take_a_cancelled_one_for_a_failure) {
    TypeParam single{{.workers = 1}};
    const gate started;
    std::vector<future<int>> futures;
    futures.push_back(single.submit(hold, started.path(), this->first.path()));
    started.wait();
    futures.push_back(single.submit(same, 1));
    futures.push_back(single.submit(same, 2).then([](int x) { return x; }));
    EXPECT_TRUE(futures[1].cancel());
    EXPECT_TRUE(futures[2].cancel());
    EXPECT_EQ(wait(futures, wait_until::first_exception, std::chrono::milliseconds(1)).not_done, indices{0});
    EXPECT_EQ(wait(futures, wait_until::first_completed).done, (indices{1, 2}));
    this->first.open();
    EXPECT_EQ(wait(futures, wait_until::first_exception, a_minute).done, (indices{0, 1, 2}));
}

TYPED_TEST_P(contract_waiting, ends_when_all_are_ready_or_the_time_is_over) {
    std::vector<future<int>> futures;
    futures.push_back(this->pool.submit(wait_then_return, this->first.path(), 1));
    futures.push_back(this->pool.submit(out_of_range));
    ASSERT_TRUE(futures[1].wait_for(a_minute));
    const auto late = wait(futures, wait_until::all_completed, std::chrono::milliseconds(1));
    EXPECT_EQ(late.done, indices{1});
    EXPECT_EQ(late.not_done, indices{0});
    this->first.open();
    EXPECT_EQ(wait(futures).done, (indices{0, 1}));
    EXPECT_EQ(futures[0].get(), 1);
}

TYPED_TEST_P(contract_waiting, ends_at_once_with_nothing_to_wait_for) {
    const std::vector<future<int>> none;
    for (const auto condition : {wait_until::first_completed, wait_until::first_exception, wait_until::all_completed}) {
        const auto nothing = wait(none, condition);
        EXPECT_TRUE(nothing.done.empty() && nothing.not_done.empty());
    }
    std::vector<future<int>> invalid(1);
    EXPECT_TRUE(has_no_state([&] { wait(invalid); }));
    const auto twice = this->pool.submit(same, 1).share();
    EXPECT_EQ(wait(std::vector{twice, twice}).done, (indices{0, 1}));
}

TYPED_TEST_P(contract_waiting, gives_all_futures_back_when_all_are_ready) {
    std::vector<future<int>> futures;
    futures.push_back(this->pool.submit(wait_then_return, this->first.path(), 1));
    futures.push_back(this->pool.submit(out_of_range));
    auto all = when_all(std::move(futures));
    EXPECT_FALSE(all.ready());
    this->first.open();
    auto ready = result_of(all);
    ASSERT_EQ(ready.size(), 2u);
    EXPECT_EQ(ready[0].get(), 1);
    EXPECT_THROW(ready[1].get(), std::out_of_range);
    EXPECT_TRUE(result_of(when_all(std::vector<future<int>>{})).empty());
}

TYPED_TEST_P(contract_waiting, gives_futures_of_several_types_back) {
    auto sum = when_all(this->pool.submit(add, 1, 2), this->pool.submit(do_nothing), this->pool.submit(boxed, 4))
                   .then([](std::tuple<future<int>, future<void>, future<std::unique_ptr<int>>> ready) {
                       std::get<1>(ready).get();
                       return std::get<0>(ready).get() + *std::get<2>(ready).get();
                   });
    EXPECT_EQ(result_of(sum), 7);
    static_assert(std::is_same_v<decltype(when_all()), future<std::tuple<>>>);
    result_of(when_all());
}

TYPED_TEST_P(contract_waiting, says_which_was_ready_first) {
    std::vector<future<int>> futures;
    futures.push_back(this->pool.submit(wait_then_return, this->second.path(), 2));
    futures.push_back(this->pool.submit(wait_then_return, this->first.path(), 1));
    auto any = when_any(futures.begin(), futures.end());
    this->first.open();
    auto found = result_of(any);
    ASSERT_EQ(found.index, 1u);
    EXPECT_EQ(found.futures[1].get(), 1);
    EXPECT_FALSE(found.futures[0].ready());
    this->second.open();
    auto several = result_of(when_any(std::move(found.futures[0]), this->pool.submit(wait_then_return, this->second.path(), 3)));
    EXPECT_LT(several.index, 2u);
    EXPECT_EQ(result_of(std::get<0>(several.futures)), 2);
    EXPECT_EQ(result_of(when_any(std::vector<future<int>>{})).index, static_cast<std::size_t>(-1));
}

TYPED_TEST_P(contract_waiting, cancels_all_of_a_group) {
    TypeParam single{{.workers = 1}};
    const tally marks;
    {
        busy_worker<TypeParam> busy(single);
        auto all = when_all(single.submit(mark, marks.path()), single.submit(mark, marks.path()));
        auto any = when_any(single.submit(mark, marks.path()), busy.task().share());
        EXPECT_TRUE(all.cancel());
        EXPECT_TRUE(any.then([](auto) {}).cancel());
        EXPECT_THROW(result_of(all), task_cancelled);
    }
    single.wait_idle();
    EXPECT_EQ(marks.count(), 0u);
}

TYPED_TEST_P(contract_waiting, goes_on_with_ten_thousand) {
    constexpr int tasks = 10'000;
    std::vector<future<int>> futures;
    for (int i = 0; i < tasks; ++i) futures.push_back(this->pool.submit(same, i));
    EXPECT_EQ(wait(futures, wait_until::all_completed, a_minute).done.size(), static_cast<std::size_t>(tasks));
    auto all = result_of(when_all(std::move(futures)));
    for (int i = 0; i < tasks; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)].get(), i);
}

REGISTER_TYPED_TEST_SUITE_P(contract_waiting, ends_when_the_first_is_ready, ends_when_one_failed,
                            does_not_take_a_cancelled_one_for_a_failure, ends_when_all_are_ready_or_the_time_is_over,
                            ends_at_once_with_nothing_to_wait_for, gives_all_futures_back_when_all_are_ready,
                            gives_futures_of_several_types_back, says_which_was_ready_first, cancels_all_of_a_group,
                            goes_on_with_ten_thousand);

} // namespace penstock::test

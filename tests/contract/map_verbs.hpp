// SPDX-License-Identifier: MIT
// Contract: map_outcomes gives every item as a value or an error, in input order; map_unordered gives each result once,
// as it comes, with the place of its item. Both read, wait and cancel as map does.
#pragma once

#include "contract/maps.hpp"

#include <penstock/outcome.hpp>

#include <iterator>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace penstock::test {

inline void refuse_odd(int x) {
    if (x % 2 == 1) throw std::domain_error("odd: " + std::to_string(x));
}
inline std::unique_ptr<int> boxed(int x) { return std::make_unique<int>(x); }
/// Waits for the gate unless there is none.
inline int pass_gate(const std::string& path, int value) {
    if (!path.empty()) gate::wait(path);
    return value;
}
/// What an exception says; empty when there is none.
inline std::string what_of(const std::exception_ptr& error) {
    try {
        if (error) std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    }
    return {};
}

template <class Pool>
class contract_map_outcomes : public ::testing::Test {
protected:
    Pool pool{{.workers = 2}};
};
TYPED_TEST_SUITE_P(contract_map_outcomes);

TYPED_TEST_P(contract_map_outcomes, gives_values_and_errors_in_input_order) {
    for (const std::size_t chunk : {0u, 1u, 4u}) {
        int item = 0;
        for (auto&& each : this->pool.map_outcomes({.chunk = chunk}, odd_or_throw, count_up_to(100))) {
            static_assert(std::is_same_v<decltype(each), outcome<int>&&>);
            if (item % 2 == 1) {
                EXPECT_TRUE(each.has_value());
                EXPECT_EQ(each.value(), item);
                EXPECT_EQ(each.error(), nullptr);
            } else {
                EXPECT_FALSE(each);
                EXPECT_THROW(static_cast<void>(each.value()), std::domain_error);
                EXPECT_EQ(what_of(each.error()), "even: " + std::to_string(item));
            }
            ++item;
        }
        EXPECT_EQ(item, 100);
    }
}

TYPED_TEST_P(contract_map_outcomes, is_for_callables_without_a_result_too) {
    int item = 0;
    for (const outcome<void>& each : this->pool.map_outcomes({.chunk = 3}, refuse_odd, count_up_to(10)))
        EXPECT_EQ(what_of(each.error()), item++ % 2 == 0 ? "" : "odd: " + std::to_string(item - 1));
    EXPECT_EQ(item, 10);
}

TYPED_TEST_P(contract_map_outcomes, takes_move_only_results_several_ranges_and_nothing) {
    int expected = 0;
    for (auto&& each : this->pool.map_outcomes(boxed, count_up_to(5))) {
        const std::unique_ptr<int> mine = std::move(each).value();
        EXPECT_EQ(*mine, expected++);
    }
    EXPECT_EQ(expected, 5);
    std::vector<int> sums;
    for (auto&& each : this->pool.map_outcomes(add, std::vector<int>{1, 2}, count_up_to(9)))
        sums.push_back(each.value());
    EXPECT_EQ(sums, (std::vector<int>{1, 3}));
    auto none = this->pool.map_outcomes(same, std::vector<int>{});
    EXPECT_EQ(none.begin(), none.end());
}

TYPED_TEST_P(contract_map_outcomes, reads_at_most_ahead_items_of_its_input) {
    int read = 0;
    auto values = this->pool.map_outcomes({.chunk = 1, .ahead = 3}, same, counted_input(read));
    EXPECT_LE(read, 3);
    auto next = values.begin();
    for (int delivered = 0; delivered < 10; ++next) {
        EXPECT_EQ((*next).value(), delivered);
        EXPECT_LE(read, ++delivered + 3);
    }
}

TYPED_TEST_P(contract_map_outcomes, tells_every_item_that_the_pool_is_closed) {
    auto values = this->pool.map_outcomes({.chunk = 1, .ahead = 2}, same, count_up_to(7));
    this->pool.shutdown();
    std::vector<bool> good;
    for (auto&& each : values) {
        good.push_back(each.has_value());
        if (!each) {
            EXPECT_THROW(static_cast<void>(each.value()), pool_closed);
        }
    }
    EXPECT_EQ(good, (std::vector<bool>{true, true, false, false, false, false, false}));
}

REGISTER_TYPED_TEST_SUITE_P(contract_map_outcomes, gives_values_and_errors_in_input_order,
                            is_for_callables_without_a_result_too,
                            takes_move_only_results_several_ranges_and_nothing,
                            reads_at_most_ahead_items_of_its_input, tells_every_item_that_the_pool_is_closed);

/// What the caller does while tasks run: not for a pool that runs them in submit.
template <class Pool>
class contract_map_outcomes_under_way : public ::testing::Test {
protected:
    Pool pool{{.workers = 2}};
};
TYPED_TEST_SUITE_P(contract_map_outcomes_under_way);

TYPED_TEST_P(contract_map_outcomes_under_way, ends_every_item_at_its_time_limit) {
    const gate started;
    const gate release;
    const tally marks;
    const std::vector<std::string> paths{started.path(), release.path(), marks.path()};
    std::size_t late = 0;
    for (auto&& each : this->pool.map_outcomes({.chunk = 1, .timeout = std::chrono::milliseconds(1), .ahead = 2},
                                               first_waits, std::vector(5, paths), std::vector<int>(5))) {
        EXPECT_THROW(static_cast<void>(each.value()), task_timeout);
        ++late;
    }
    EXPECT_EQ(late, 5u);
    release.open();
    this->pool.wait_idle();
}

REGISTER_TYPED_TEST_SUITE_P(contract_map_outcomes_under_way, ends_every_item_at_its_time_limit);

template <class Pool>
class contract_map_unordered : public ::testing::Test {
protected:
    int read = 0;
    Pool pool{{.workers = 2}};
};
TYPED_TEST_SUITE_P(contract_map_unordered);

TYPED_TEST_P(contract_map_unordered, gives_each_result_once_with_its_place) {
    for (const std::size_t chunk : {0u, 1u, 7u}) {
        std::set<std::size_t> seen;
        for (auto&& [index, value] :
             this->pool.map_unordered({.chunk = chunk}, add, count_up_to(500), count_up_to(900))) {
            EXPECT_EQ(value, static_cast<int>(2 * index));
            EXPECT_TRUE(seen.insert(index).second);
        }
        EXPECT_EQ(seen.size(), 500u);
        EXPECT_EQ(*seen.rbegin(), 499u);
    }
}

TYPED_TEST_P(contract_map_unordered, throws_where_an_item_failed_and_says_which_it_was) {
    auto odds = this->pool.map_unordered({.chunk = 3}, odd_or_throw, count_up_to(20));
    std::set<std::size_t> failed;
    std::size_t good = 0;
    for (auto next = odds.begin(); next != odds.end(); ++next) {
        const std::size_t index = next.index();
        if (index % 2 == 1) {
            EXPECT_EQ((*next).index, index);
            EXPECT_EQ((*next).value, static_cast<int>(index));
            ++good;
            continue;
        }
        for (int again = 0; again != 2; ++again) EXPECT_THROW(static_cast<void>(*next), std::domain_error);
        EXPECT_EQ(next.index(), index);
        failed.insert(index);
    }
    EXPECT_EQ(failed.size(), 10u);
    EXPECT_EQ(good, 10u);
}

TYPED_TEST_P(contract_map_unordered, takes_move_only_results_and_nothing) {
    std::vector<std::unique_ptr<int>> boxes(5);
    for (auto&& [index, value] : this->pool.map_unordered(boxed, count_up_to(5))) boxes[index] = std::move(value);
    for (int i = 0; i != 5; ++i) EXPECT_EQ(*boxes[static_cast<std::size_t>(i)], i);
    auto none = this->pool.map_unordered(same, std::vector<int>{});
    EXPECT_EQ(none.begin(), none.end());
}

TYPED_TEST_P(contract_map_unordered, tells_every_item_that_the_pool_is_closed) {
    auto values = this->pool.map_unordered({.chunk = 1, .ahead = 2}, same, count_up_to(7));
    this->pool.shutdown();
    std::set<std::size_t> refused;
    std::size_t good = 0;
    for (auto next = values.begin(); next != values.end(); ++next) try {
            EXPECT_LT((*next).index, 2u);
            ++good;
        } catch (const pool_closed&) {
            refused.insert(next.index());
        }
    EXPECT_EQ(good, 2u);
    EXPECT_EQ(refused, (std::set<std::size_t>{2, 3, 4, 5, 6}));
}

REGISTER_TYPED_TEST_SUITE_P(contract_map_unordered, gives_each_result_once_with_its_place,
                            throws_where_an_item_failed_and_says_which_it_was,
                            takes_move_only_results_and_nothing, tells_every_item_that_the_pool_is_closed);

/// What the caller does while tasks run: not for a pool that runs them in submit.
template <class Pool>
class contract_map_unordered_under_way : public ::testing::Test {
protected:
    int read = 0;
    Pool pool{{.workers = 2}};
};
TYPED_TEST_SUITE_P(contract_map_unordered_under_way);

TYPED_TEST_P(contract_map_unordered_under_way, gives_a_quick_item_before_a_slow_earlier_one) {
    const gate slow;
    const std::vector<std::string> gates{slow.path(), "", "", ""};
    std::vector<std::size_t> places;
    for (auto&& [index, value] : this->pool.map_unordered({.chunk = 1}, pass_gate, gates, count_up_to(4))) {
        EXPECT_EQ(value, static_cast<int>(index));
        places.push_back(index);
        if (places.size() == 3) slow.open();
    }
    EXPECT_EQ(places.size(), 4u);
    EXPECT_EQ(places.back(), 0u);
}

TYPED_TEST_P(contract_map_unordered_under_way, goes_on_with_its_input_while_a_slow_item_runs) {
    const gate slow;
    std::vector<std::string> gates(200);
    gates[0] = slow.path();
    std::size_t count = 0;
    auto values = this->pool.map_unordered({.chunk = 1, .ahead = 4}, pass_gate, gates, counted_input(this->read));
    for (auto&& each : values) {
        EXPECT_EQ(each.value, static_cast<int>(each.index));
        EXPECT_LE(static_cast<std::size_t>(this->read), ++count + 4);
        if (count == 199) slow.open();
    }
    EXPECT_EQ(count, 200u);
}

TYPED_TEST_P(contract_map_unordered_under_way, cancels_the_rest_when_it_is_destroyed) {
    const gate started;
    const gate release;
    const tally marks;
    TypeParam single{{.workers = 1}};
    {
        const std::vector<std::string> paths{started.path(), release.path(), marks.path()};
        auto abandoned = single.map_unordered({.chunk = 1, .ahead = 50}, first_waits, std::vector(100, paths),
                                              count_up_to(100));
        started.wait();
    }
    release.open();
    single.wait_idle();
    EXPECT_EQ(marks.count(), 1u);
}

TYPED_TEST_P(contract_map_unordered_under_way, ends_at_its_time_limit_with_what_was_finished_before) {
    const gate slow;
    std::vector<std::string> gates(6);
    gates[0] = slow.path();
    std::set<std::size_t> late;
    std::size_t good = 0;
    auto values = this->pool.map_unordered({.chunk = 1, .timeout = std::chrono::milliseconds(500), .ahead = 3},
                                           pass_gate, gates, count_up_to(6));
    for (auto next = values.begin(); next != values.end(); ++next) try {
            EXPECT_EQ((*next).value, static_cast<int>(next.index()));
            ++good;
        } catch (const task_timeout&) {
            late.insert(next.index());
        }
    EXPECT_EQ(late.count(0), 1u);  // however slow the machine is, each place is told once
    EXPECT_EQ(late.size() + good, 6u);
    slow.open();
    this->pool.wait_idle();
}

REGISTER_TYPED_TEST_SUITE_P(contract_map_unordered_under_way, gives_a_quick_item_before_a_slow_earlier_one,
                            goes_on_with_its_input_while_a_slow_item_runs,
                            cancels_the_rest_when_it_is_destroyed,
                            ends_at_its_time_limit_with_what_was_finished_before);

} // namespace penstock::test

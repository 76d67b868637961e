// SPDX-License-Identifier: MIT
// Contract: map gives results in input order, reads its input no further than asked, and cancels what nobody
// reads.
#pragma once

#include "contract/tools.hpp"

#include <array>
#include <iterator>
#include <numeric>
#include <optional>
#include <vector>

namespace penstock::test {

inline std::vector<int> count_up_to(int end) {
    std::vector<int> numbers(static_cast<std::size_t>(end));
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
}

/// An endless input that remembers how far it was read.
class counted_input {
public:
    class iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = int;
        using difference_type = std::ptrdiff_t;
        iterator() = default;
        explicit iterator(int* next) : next_(next) {}
        int operator*() const { return *next_; }
        iterator& operator++() {
            ++*next_;
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator&, std::default_sentinel_t) { return false; }

    private:
        int* next_ = nullptr;
    };
    explicit counted_input(int& next) : next_(&next) {}
    iterator begin() const { return iterator(next_); }
    std::default_sentinel_t end() const { return {}; }

private:
    int* next_;
};

inline int odd_or_throw(int x) {
    if (x % 2 == 0) throw std::domain_error("even: " + std::to_string(x));
    return x;
}
inline int pass_in_turn(const std::vector<std::string>& wait_then_open, int value) {
    if (!wait_then_open[0].empty()) gate::wait(wait_then_open[0]);
    if (!wait_then_open[1].empty()) gate::open(wait_then_open[1]);
    return value;
}
inline int first_waits(const std::vector<std::string>& gate_and_marks, int value) {
    if (value == 0) {
        gate::open(gate_and_marks[0]);
        gate::wait(gate_and_marks[1]);
    }
    tally::mark(gate_and_marks[2]);
    return value;
}

template <class Pool>
class contract_map : public ::testing::Test {
protected:
    Pool pool{{.workers = 2}};
};
TYPED_TEST_SUITE_P(contract_map);

TYPED_TEST_P(contract_map, gives_the_results_in_input_order) {
    int expected = 0;
    for (const int value : this->pool.map(same, count_up_to(1'000))) EXPECT_EQ(value, expected++);
    EXPECT_EQ(expected, 1'000);
}

TYPED_TEST_P(contract_map, goes_over_several_ranges_up_to_the_end_of_the_shortest) {
    const std::vector<int> left{1, 2, 3};
    std::vector<int> sums;
    for (const int sum : this->pool.map(add, left, count_up_to(100))) sums.push_back(sum);
    EXPECT_EQ(sums, (std::vector<int>{1, 3, 5}));
}

TYPED_TEST_P(contract_map, of_nothing_is_empty) {
    auto none = this->pool.map(same, std::vector<int>{});
    EXPECT_EQ(none.begin(), none.end());
}

TYPED_TEST_P(contract_map, takes_every_size_of_chunk) {
    for (const std::size_t chunk : {1u, 3u, 100u, 1'000u}) {
        int expected = 0;
        for (const int value : this->pool.map({.chunk = chunk}, same, count_up_to(250)))
            EXPECT_EQ(value, expected++);
        EXPECT_EQ(expected, 250) << "chunk " << chunk;
    }
}

TYPED_TEST_P(contract_map, reads_at_most_ahead_items_of_its_input) {
    int read = 0;
    auto squares = this->pool.map({.chunk = 1, .ahead = 5}, same, counted_input(read));
    EXPECT_LE(read, 5);
    int delivered = 0;
    for (auto next = squares.begin(); delivered < 20; ++next) {
        EXPECT_EQ(*next, delivered);
        ++delivered;
        EXPECT_LE(read, delivered + 5);
    }
    EXPECT_GE(read, 20);
}

TYPED_TEST_P(contract_map, throws_where_an_item_failed_and_goes_on) {
    for (const std::size_t chunk : {1u, 4u}) {
        auto odds = this->pool.map({.chunk = chunk}, odd_or_throw, count_up_to(10));
        int item = 0;
        for (auto next = odds.begin(); next != odds.end(); ++next, ++item) {
            if (item % 2 == 1) {
                EXPECT_EQ(*next, item);
                continue;
            }
            try {
                static_cast<void>(*next);
                ADD_FAILURE() << "nothing was thrown for item " << item;
            } catch (const std::domain_error& error) {
                EXPECT_EQ(std::string(error.what()), "even: " + std::to_string(item));
            }
        }
        EXPECT_EQ(item, 10);
    }
}

REGISTER_TYPED_TEST_SUITE_P(contract_map, gives_the_results_in_input_order,
                            goes_over_several_ranges_up_to_the_end_of_the_shortest, of_nothing_is_empty,
                            takes_every_size_of_chunk, reads_at_most_ahead_items_of_its_input,
                            throws_where_an_item_failed_and_goes_on);

/// What the caller does while tasks run: not for a pool that runs them in submit.
template <class Pool>
class contract_map_under_way : public ::testing::Test {
protected:
    Pool pool{{.workers = 2}};
};
TYPED_TEST_SUITE_P(contract_map_under_way);

TYPED_TEST_P(contract_map_under_way, keeps_the_order_when_tasks_overtake_each_other) {
    const gate second_ran;
    const std::vector<std::vector<std::string>> turns{{second_ran.path(), ""}, {"", second_ran.path()}};
    std::vector<int> values;
    for (const int value : this->pool.map({.chunk = 1}, pass_in_turn, turns, std::vector<int>{1, 2}))
        values.push_back(value);
    EXPECT_EQ(values, (std::vector<int>{1, 2}));
}

TYPED_TEST_P(contract_map_under_way, cancels_the_rest_when_it_is_destroyed) {
    const gate started;
    const gate release;
    const tally marks;
    TypeParam single{{.workers = 1}};
    {
        const std::vector<std::string> paths{started.path(), release.path(), marks.path()};
        auto abandoned =
            single.map({.chunk = 1, .ahead = 50}, first_waits, std::vector(100, paths), count_up_to(100));
        started.wait();
    }
    release.open();
    single.wait_idle();
    EXPECT_EQ(marks.count(), 1u);
}

TYPED_TEST_P(contract_map_under_way, ends_at_its_time_limit) {
    const gate started;
    const gate release;
    const tally marks;
    const std::vector<std::string> paths{started.path(), release.path(), marks.path()};
    auto late = this->pool.map({.chunk = 1, .timeout = std::chrono::milliseconds(1)}, first_waits,
                               std::vector(3, paths), std::vector<int>{0, 0, 0});
    std::size_t items = 0;
    for (auto next = late.begin(); next != late.end(); ++next, ++items)
        EXPECT_THROW(static_cast<void>(*next), task_timeout);
    EXPECT_EQ(items, 3u);
    release.open();
    this->pool.wait_idle();
}

REGISTER_TYPED_TEST_SUITE_P(contract_map_under_way, keeps_the_order_when_tasks_overtake_each_other,
                            cancels_the_rest_when_it_is_destroyed, ends_at_its_time_limit);

} // namespace penstock::test

// SPDX-License-Identifier: MIT
// Contract: for_each_index calls its function with each index once, and ends with the first exception.
#pragma once

#include "contract/tools.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace penstock::test {

/// Marks once for each unit of the index, so that the marks of a loop add up. Sendable by its member.
struct mark_each {
    std::string marks;
    void operator()(int index) const {
        for (int i = 0; i != index; ++i) tally::mark(marks);
    }
    template <class Archive>
    void serialize(Archive& archive) {
        archive(marks);
    }
};
inline void throw_at_five(std::size_t index) {
    if (index == 5) throw std::out_of_range("five");
}
inline int ignore(long index) { return static_cast<int>(index); }

template <class Pool>
class contract_loops : public ::testing::Test {
protected:
    Pool pool{{.workers = 2}};
};
TYPED_TEST_SUITE_P(contract_loops);

TYPED_TEST_P(contract_loops, call_with_each_index_once) {
    const tally marks;
    this->pool.for_each_index(20, mark_each{marks.path()});
    EXPECT_EQ(marks.count(), 190u);
    this->pool.for_each_index(18, 20, mark_each{marks.path()});
    EXPECT_EQ(marks.count(), 190u + 37u);
}

TYPED_TEST_P(contract_loops, call_nothing_where_there_is_nothing) {
    const tally marks;
    this->pool.for_each_index(0, mark_each{marks.path()});
    this->pool.for_each_index(-3, mark_each{marks.path()});
    this->pool.for_each_index(7, 7, mark_each{marks.path()});
    this->pool.for_each_index(7, 3, mark_each{marks.path()});
    EXPECT_EQ(marks.count(), 0u);
}

TYPED_TEST_P(contract_loops, throw_what_a_call_threw) {
    try {
        this->pool.for_each_index(std::size_t{1000}, throw_at_five);
        ADD_FAILURE() << "nothing was thrown";
    } catch (const std::out_of_range& error) {
        EXPECT_STREQ(error.what(), "five");
    }
    this->pool.for_each_index(std::size_t{5}, throw_at_five); // the pool is as before
}

TYPED_TEST_P(contract_loops, take_any_integer_and_drop_results) {
    this->pool.for_each_index(-5L, 5L, ignore);
    this->pool.for_each_index(std::uint8_t{200}, ignore);
}

TYPED_TEST_P(contract_loops, take_ranges_of_indices) {
    const tally marks;
    this->pool.for_each_index(std::vector{3, 40, 500}, mark_each{marks.path()});
    EXPECT_EQ(marks.count(), 543u);
    const short few[] = {1, 1};
    this->pool.for_each_index(few, mark_each{marks.path()});
    EXPECT_EQ(marks.count(), 545u);
    this->pool.for_each_index(std::vector<int>(), mark_each{marks.path()});
    EXPECT_EQ(marks.count(), 545u);
    EXPECT_THROW(this->pool.for_each_index(std::vector<std::size_t>{1, 5, 2}, throw_at_five), std::out_of_range);
}

TYPED_TEST_P(contract_loops, are_refused_after_shutdown) {
    this->pool.shutdown();
    EXPECT_THROW(this->pool.for_each_index(10L, ignore), pool_closed);
}

REGISTER_TYPED_TEST_SUITE_P(contract_loops, call_with_each_index_once, call_nothing_where_there_is_nothing,
                            throw_what_a_call_threw, take_any_integer_and_drop_results, take_ranges_of_indices,
                            are_refused_after_shutdown);

} // namespace penstock::test

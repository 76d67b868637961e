// SPDX-License-Identifier: MIT
// Contract: as_completed reports every future once, in order of completion.
#pragma once

#include "contract/tools.hpp"

#include <penstock/when.hpp>

#include <deque>
#include <set>
#include <vector>

namespace penstock::test {

inline int wait_and_return(const std::string& gate_path, int value) {
    gate::wait(gate_path);
    return value;
}

template <class Pool>
class contract_completion : public ::testing::Test {
protected:
    Pool pool{{.workers = 3}};
};
TYPED_TEST_SUITE_P(contract_completion);

TYPED_TEST_P(contract_completion, comes_in_the_order_of_completion) {
    std::deque<gate> gates(3);
    std::vector<future<int>> futures;
    for (int i = 0; i < 3; ++i)
        futures.push_back(this->pool.submit(wait_and_return, gates[static_cast<std::size_t>(i)].path(), i));
    auto completed = as_completed(futures, a_minute);
    auto next = completed.begin();
    for (const int expected : {1, 2, 0}) {
        gates[static_cast<std::size_t>(expected)].open();
        ASSERT_NE(next, completed.end());
        future<int>& done = *next;
        EXPECT_TRUE(done.ready());
        EXPECT_EQ(&done, &futures[static_cast<std::size_t>(expected)]);
        EXPECT_EQ(done.get(), expected);
        ++next;
    }
    EXPECT_EQ(next, completed.end());
}

TYPED_TEST_P(contract_completion, reports_each_of_many_once) {
    constexpr int tasks = 10'000;
    std::vector<future<int>> futures;
    for (int i = 0; i < tasks; ++i) futures.push_back(this->pool.submit(same, i));
    std::set<int> seen;
    std::size_t reported = 0;
    for (future<int>& done : as_completed(futures, a_minute)) {
        ++reported;
        seen.insert(done.get());
    }
    EXPECT_EQ(reported, static_cast<std::size_t>(tasks));
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(tasks));
}

TYPED_TEST_P(contract_completion, includes_errors_and_what_was_cancelled) {
    const gate started;
    const gate release;
    TypeParam single{{.workers = 1}};
    std::vector<future<int>> futures;
    futures.push_back(single.submit(hold, started.path(), release.path()));
    started.wait();
    futures.push_back(single.submit([]() -> int { throw std::out_of_range("x"); }));
    futures.push_back(single.submit(add, 1, 2));
    auto completed = as_completed(futures, a_minute);
    EXPECT_TRUE(futures[2].cancel());
    auto next = completed.begin();
    EXPECT_THROW((*next).get(), task_cancelled);
    ++next;
    release.open();
    EXPECT_EQ((*next).get(), 1);
    ++next;
    EXPECT_THROW((*next).get(), std::out_of_range);
    ++next;
    EXPECT_EQ(next, completed.end());
}

TYPED_TEST_P(contract_completion, says_how_far_it_came_when_the_time_is_over) {
    const gate started;
    const gate release;
    std::vector<future<int>> futures;
    futures.push_back(this->pool.submit(hold, started.path(), release.path()));
    futures.push_back(this->pool.submit(add, 1, 2));
    ASSERT_TRUE(futures[1].wait_for(a_minute));
    {
        auto completed = as_completed(futures, std::chrono::milliseconds(1));
        auto next = completed.begin();
        EXPECT_EQ((*next).get(), 3);
        ++next;
        try {
            static_cast<void>(*next);
            ADD_FAILURE() << "nothing was thrown";
        } catch (const task_timeout& error) {
            EXPECT_NE(std::string(error.what()).find("1 of 2"), std::string::npos) << error.what();
        }
    }
    release.open();
    EXPECT_EQ(result_of(futures[0]), 1);
}

REGISTER_TYPED_TEST_SUITE_P(contract_completion, comes_in_the_order_of_completion, reports_each_of_many_once,
                            includes_errors_and_what_was_cancelled,
                            says_how_far_it_came_when_the_time_is_over);

} // namespace penstock::test

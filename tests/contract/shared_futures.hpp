// SPDX-License-Identifier: MIT
// Contract: shared_future.
#pragma once

#include "contract/continuations.hpp"

#include <penstock/shared_future.hpp>

#include <thread>
#include <type_traits>
#include <vector>

namespace penstock::test {

inline std::vector<int> three() { return {1, 2, 3}; }

template <class Pool>
class contract_shared_futures : public ::testing::Test {
protected:
    Pool pool{{.workers = 1}};
};
TYPED_TEST_SUITE_P(contract_shared_futures);

TYPED_TEST_P(contract_shared_futures, give_one_result_to_many_threads) {
    busy_worker<TypeParam> busy(this->pool);
    auto only = this->pool.submit(three);
    const shared_future<std::vector<int>> all = only.share();
    EXPECT_FALSE(only.valid());
    static_assert(std::is_same_v<decltype(all.get()), const std::vector<int>&>);
    std::vector<const void*> seen(8);
    std::vector<std::thread> threads;
    for (auto& each : seen) threads.emplace_back([copy = all, &each] { each = &copy.get(); });
    busy.release();
    for (auto& each : threads) each.join();
    for (const void* each : seen) EXPECT_EQ(each, &all.get());
    EXPECT_EQ(all.get().size(), 3u);
}

TYPED_TEST_P(contract_shared_futures, throw_again_and_again) {
    const auto failed = this->pool.submit(out_of_range).share();
    EXPECT_THROW(failed.get(), std::out_of_range);
    EXPECT_THROW(failed.get(), std::out_of_range);
    const auto nothing = this->pool.submit(do_nothing).share();
    nothing.get();
    nothing.get();
}

TYPED_TEST_P(contract_shared_futures, have_no_state_when_made_by_default) {
    const shared_future<int> none;
    EXPECT_FALSE(none.valid());
    EXPECT_TRUE(has_no_state([&] { none.get(); }));
    EXPECT_TRUE(has_no_state([&] { none.wait(); }));
    EXPECT_TRUE(has_no_state([] { static_cast<void>(future<int>{}.share()); }));
}

TYPED_TEST_P(contract_shared_futures, have_many_continuations) {
    busy_worker<TypeParam> busy(this->pool);
    const auto all = this->pool.submit(same, 3).share();
    auto first = all.then([](const int& x) { return x + 1; });
    auto second = all.then([](shared_future<int> x) { return x.get() + 2; });
    auto third = all.then(this->pool, doubled);
    auto given_up = all.then([](int x) { return x; });
    event done;
    all.on_done([&] { done.set(); });
    EXPECT_TRUE(given_up.cancel()); // and not the task, which the others wait for
    busy.release();
    EXPECT_EQ(result_of(first), 4);
    EXPECT_EQ(result_of(second), 5);
    EXPECT_EQ(result_of(third), 6);
    EXPECT_THROW(result_of(given_up), task_cancelled);
    EXPECT_TRUE(done.wait());
    EXPECT_EQ(all.get(), 3);
}

TYPED_TEST_P(contract_shared_futures, are_cancelled_for_all) {
    busy_worker<TypeParam> busy(this->pool);
    const auto all = this->pool.submit(same, 3).share();
    const auto copy = all;
    EXPECT_TRUE(copy.cancel());
    EXPECT_TRUE(all.ready());
    EXPECT_THROW(all.get(), task_cancelled);
}

REGISTER_TYPED_TEST_SUITE_P(contract_shared_futures, give_one_result_to_many_threads, throw_again_and_again,
                            have_no_state_when_made_by_default, have_many_continuations, are_cancelled_for_all);

} // namespace penstock::test

// SPDX-License-Identifier: MIT
// Contract: callbacks. They run after the task, in the order added, whatever its outcome, and may use the
// pool.
#pragma once

#include "contract/tools.hpp"

#include <penstock/shared_future.hpp>
#include <penstock/wait.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace penstock::test {

template <class Pool>
class contract_callbacks : public ::testing::Test {
protected:
    Pool pool{{.workers = 1}};
};
TYPED_TEST_SUITE_P(contract_callbacks);

TYPED_TEST_P(contract_callbacks, run_in_the_order_added) {
    std::vector<int> order; // callbacks of one future do not overlap
    event last;
    busy_worker<TypeParam> busy(this->pool);
    for (int i = 0; i < 100; ++i) busy.task().on_done([&order, i] { order.push_back(i); });
    busy.task().on_done([&] { last.set(); });
    busy.release();
    ASSERT_TRUE(last.wait());
    ASSERT_EQ(order.size(), 100u);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TYPED_TEST_P(contract_callbacks, get_the_result) {
    event done;
    int value = 0;
    busy_worker<TypeParam> busy(this->pool);
    auto sum = this->pool.submit(add, 1, 2);
    sum.on_done([&](future<int>& finished) {
        EXPECT_TRUE(finished.ready());
        value = finished.get();
        done.set();
    });
    busy.release();
    ASSERT_TRUE(done.wait());
    EXPECT_EQ(value, 3);
}

TYPED_TEST_P(contract_callbacks, run_when_the_task_failed) {
    event done;
    busy_worker<TypeParam> busy(this->pool);
    auto failed = this->pool.submit([] { throw std::out_of_range("x"); });
    failed.on_done([&] { done.set(); });
    busy.release();
    EXPECT_TRUE(done.wait());
}

TYPED_TEST_P(contract_callbacks, run_when_the_task_is_cancelled) {
    std::vector<int> order;
    event done;
    busy_worker<TypeParam> busy(this->pool);
    auto pending = this->pool.submit(add, 1, 2);
    pending.on_done([&] { order.push_back(1); });
    pending.on_done([&](future<int>& cancelled) {
        EXPECT_THROW(cancelled.get(), task_cancelled);
        order.push_back(2);
        done.set();
    });
    EXPECT_TRUE(pending.cancel());
    ASSERT_TRUE(done.wait());
    EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TYPED_TEST_P(contract_callbacks, run_when_added_late) {
    event done;
    auto sum = this->pool.submit(add, 1, 2);
    ASSERT_TRUE(sum.wait_for(a_minute));
    sum.on_done([&] { done.set(); });
    EXPECT_TRUE(done.wait());
    EXPECT_EQ(sum.get(), 3);
}

TYPED_TEST_P(contract_callbacks, are_reported_when_they_throw_and_the_rest_runs) {
    ::testing::internal::CaptureStderr();
    event done;
    {
        busy_worker<TypeParam> busy(this->pool);
        busy.task().on_done([] { throw std::runtime_error("a clumsy callback"); });
        busy.task().on_done([&] { done.set(); });
    }
    const bool rest_ran = done.wait();
    const std::string reported = ::testing::internal::GetCapturedStderr();
    EXPECT_TRUE(rest_ran);
    EXPECT_NE(reported.find("a clumsy callback"), std::string::npos) << reported;
    EXPECT_EQ(result_of(this->pool.submit(add, 1, 2)), 3);
}

TYPED_TEST_P(contract_callbacks, may_submit) {
    event done;
    future<int> second;
    {
        busy_worker<TypeParam> busy(this->pool);
        busy.task().on_done([&] {
            second = this->pool.submit(add, 3, 4);
            done.set();
        });
    }
    ASSERT_TRUE(done.wait());
    EXPECT_EQ(result_of(second), 7);
}

TYPED_TEST_P(contract_callbacks, may_submit_ten_thousand_deep) {
    event done;
    int left = 10'000; // one callback at a time: each is added by the one before
    std::function<void()> next = [&] {
        if (--left == 0) return done.set();
        auto following = this->pool.submit(do_nothing);
        following.on_done(next);
    };
    auto first = this->pool.submit(do_nothing);
    first.on_done(next);
    EXPECT_TRUE(done.wait());
    this->pool.wait_idle();
    EXPECT_EQ(left, 0);
}

TYPED_TEST_P(contract_callbacks, may_hold_the_last_handle) {
    event done;
    busy_worker<TypeParam> busy(this->pool);
    auto owned = std::make_shared<future<int>>(this->pool.submit(add, 1, 2));
    auto* const handle = owned.get();
    handle->on_done([owned = std::move(owned), &done]() mutable {
        owned.reset();
        done.set();
    });
    busy.release();
    EXPECT_TRUE(done.wait());
}

TYPED_TEST_P(contract_callbacks, may_wait_for_another_task_of_the_pool) {
    event done;
    int value = 0;
    busy_worker<TypeParam> busy(this->pool);
    auto first = this->pool.submit(add, 1, 2);
    auto second = this->pool.submit(add, 3, 4);
    first.on_done([&] {
        value = result_of(second);
        done.set();
    });
    busy.release();
    ASSERT_TRUE(done.wait());
    EXPECT_EQ(value, 7);
}

// Callbacks that are nested deeply are put off, and run when the one that put them off waits for them, in whatever way.
TYPED_TEST_P(contract_callbacks, may_wait_for_several_however_deep_they_are) {
    TypeParam one{{.workers = 1}};
    busy_worker<TypeParam> busy(one);
    const auto pending = one.submit(add, 1, 2).share();
    std::vector<future<int>> made;
    made.push_back(pending.then([](const shared_future<int>&) { return 7; }));
    future<int> chain = std::move(busy.task());
    for (int link = 0; link != 15; ++link) chain = chain.then([](int value) { return value + 1; });
    auto deepest = chain.then([&](int) {
        pending.cancel();
        return wait(made).done.size();
    });
    busy.release();
    EXPECT_EQ(result_of(deepest), 1u);
}

TYPED_TEST_P(contract_callbacks, may_shut_the_pool_down) {
    event done;
    std::atomic<bool> refused{false};
    busy_worker<TypeParam> busy(this->pool);
    auto behind = this->pool.submit(add, 1, 2);
    busy.task().on_done([&] {
        this->pool.shutdown();
        try {
            static_cast<void>(this->pool.submit(add, 1, 2));
        } catch (const pool_closed&) {
            refused = true;
        }
        done.set();
    });
    busy.release();
    ASSERT_TRUE(done.wait());
    EXPECT_TRUE(refused);
    EXPECT_EQ(result_of(behind), 3);
}

TYPED_TEST_P(contract_callbacks, may_destroy_the_pool) {
    event done;
    auto doomed = std::make_unique<TypeParam>(pool_options{.workers = 2});
    future<int> behind;
    const gate started;
    const gate release;
    auto running = doomed->submit(hold, started.path(), release.path());
    started.wait();
    behind = doomed->submit(add, 1, 2);
    running.on_done([&] {
        doomed.reset();
        done.set();
    });
    release.open();
    ASSERT_TRUE(done.wait());
    EXPECT_TRUE(behind.ready());
    EXPECT_EQ(result_of(behind), 3);
}

REGISTER_TYPED_TEST_SUITE_P(contract_callbacks, run_in_the_order_added, get_the_result,
                            run_when_the_task_failed, run_when_the_task_is_cancelled, run_when_added_late,
                            are_reported_when_they_throw_and_the_rest_runs, may_submit,
                            may_submit_ten_thousand_deep, may_hold_the_last_handle,
                            may_wait_for_another_task_of_the_pool, may_wait_for_several_however_deep_they_are, may_shut_the_pool_down,
                            may_destroy_the_pool);

} // namespace penstock::test

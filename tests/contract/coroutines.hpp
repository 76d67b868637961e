// SPDX-License-Identifier: MIT
// Contract: co_await of futures, in penstock::task and in other coroutine types.
#pragma once

#include "contract/continuations.hpp"

#include <penstock/task.hpp>

#include <coroutine>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

namespace penstock::test {

template <class Pool>
task<int> sum_of_two(Pool& pool) {
    auto first = pool.submit(add, 1, 2);
    auto second = pool.submit(add, 3, 4);
    co_return co_await std::move(first) + co_await std::move(second);
}
template <class Pool>
task<void> failing_coroutine(Pool& pool) {
    co_await pool.submit(out_of_range);
    ADD_FAILURE() << "went on after an exception";
}
/// Each waits for the next, and the last one for a task of the pool.
template <class Pool>
task<int> nested_coroutine(Pool& pool, int depth) {
    if (depth == 0) co_return co_await pool.submit(same, 0);
    co_return 1 + co_await nested_coroutine(pool, depth - 1);
}
inline task<int> returns_at_once(int x) { co_return x; }
template <class Pool>
task<int> looping_coroutine(Pool& pool, int times) {
    int sum = 0;
    for (int i = 0; i < times; ++i) {
        sum += co_await returns_at_once(1);
        sum += co_await make_ready_future(1);
        if (i % 10 == 0) sum += co_await pool.submit(same, 1);
    }
    co_return sum;
}
inline task<int> shared_twice(shared_future<int> all) { co_return co_await all + co_await all; }

/// Somebody else's coroutine type: eager, nobody waits for it, frees itself at its end. It may be destroyed before.
struct foreign_coroutine {
    struct promise_type {
        foreign_coroutine get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() const { throw; }
    };
    std::coroutine_handle<promise_type> handle;
};

template <class Pool>
class contract_coroutines : public ::testing::Test {
protected:
    Pool pool{{.workers = 1}};
};
TYPED_TEST_SUITE_P(contract_coroutines);

TYPED_TEST_P(contract_coroutines, await_futures) {
    EXPECT_EQ(sum_of_two(this->pool).get(), 10);
    EXPECT_EQ(result_of(start(sum_of_two(this->pool)).then([](int x) { return x + 1; })), 11);
    EXPECT_EQ(shared_twice(this->pool.submit(add, 1, 2).share()).get(), 6);
}

TYPED_TEST_P(contract_coroutines, get_exceptions) {
    EXPECT_THROW(failing_coroutine(this->pool).get(), std::out_of_range);
    auto failed = start(failing_coroutine(this->pool));
    EXPECT_THROW(result_of(failed), std::out_of_range);
    EXPECT_TRUE(has_no_state([] { static_cast<void>(start(task<int>{})); }));
}

TYPED_TEST_P(contract_coroutines, begin_when_they_are_asked) {
    bool began = false;
    const auto make = [](bool& flag) -> task<void> {
        flag = true;
        co_return;
    };
    {
        auto never = make(began);
        EXPECT_TRUE(never.valid());
    }
    EXPECT_FALSE(began);
    make(began).get();
    EXPECT_TRUE(began);
}

TYPED_TEST_P(contract_coroutines, go_on_where_callbacks_run) {
    std::thread::id callback;
    std::thread::id after;
    busy_worker<TypeParam> busy(this->pool);
    busy.task().on_done([&] { callback = std::this_thread::get_id(); });
    auto done = start([](future<int> awaited, std::thread::id& id) -> task<void> {
        co_await std::move(awaited);
        id = std::this_thread::get_id();
    }(std::move(busy.task()), after));
    EXPECT_FALSE(done.ready());
    busy.release();
    result_of(done);
    EXPECT_EQ(callback, after);
}

TYPED_TEST_P(contract_coroutines, await_each_other_ten_thousand_deep) {
    EXPECT_EQ(nested_coroutine(this->pool, 10'000).get(), 10'000);
}

TYPED_TEST_P(contract_coroutines, loop_on_what_is_ready) {
    EXPECT_EQ(looping_coroutine(this->pool, 10'000).get(), 21'000);
}

TYPED_TEST_P(contract_coroutines, may_be_of_another_type) {
    busy_worker<TypeParam> busy(this->pool);
    event done;
    int sum = 0;
    [](TypeParam& from, event& end, int& result) -> foreign_coroutine {
        result = co_await from.submit(add, 1, 2);
        result += co_await sum_of_two(from);
        result += co_await returns_at_once(1);
        end.set();
    }(this->pool, done, sum);
    busy.release();
    ASSERT_TRUE(done.wait());
    EXPECT_EQ(sum, 14);
}

TYPED_TEST_P(contract_coroutines, may_be_destroyed_while_they_wait) {
    const auto held = std::make_shared<int>(1);
    busy_worker<TypeParam> busy(this->pool);
    const auto coroutine = [](future<int> awaited, std::shared_ptr<int>) -> foreign_coroutine {
        co_await std::move(awaited);
        ADD_FAILURE() << "was resumed";
    }(std::move(busy.task()), held);
    EXPECT_EQ(held.use_count(), 2);
    coroutine.handle.destroy();
    EXPECT_EQ(held.use_count(), 1);
    busy.release();
    this->pool.wait_idle();
}

TYPED_TEST_P(contract_coroutines, free_what_they_hold_before_they_are_ready) {
    const auto held = std::make_shared<int>(1);
    auto done = start([](TypeParam& from, std::shared_ptr<int> copy) -> task<int> {
        co_return co_await from.submit(same, *copy);
    }(this->pool, held));
    EXPECT_EQ(result_of(done), 1);
    EXPECT_EQ(held.use_count(), 1);
}

REGISTER_TYPED_TEST_SUITE_P(contract_coroutines, await_futures, get_exceptions, begin_when_they_are_asked,
                            go_on_where_callbacks_run, await_each_other_ten_thousand_deep, loop_on_what_is_ready,
                            may_be_of_another_type, may_be_destroyed_while_they_wait,
                            free_what_they_hold_before_they_are_ready);

} // namespace penstock::test

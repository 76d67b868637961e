// SPDX-License-Identifier: MIT
// Contract: then, on plain futures.
#pragma once

#include "contract/tools.hpp"
#include "support/sanitizers.hpp"

#include <penstock/ready_future.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace penstock::test {

inline int out_of_range() { throw std::out_of_range("a failing task"); }
inline int doubled(int x) { return 2 * x; }
inline std::unique_ptr<int> boxed(int x) { return std::make_unique<int>(x); }

template <class Pool>
class contract_continuations : public ::testing::Test {
protected:
    std::function<future<int>(int)> count_down; // outlives the pool, whose callbacks call it
    Pool pool{{.workers = 1}};
};
TYPED_TEST_SUITE_P(contract_continuations);

TYPED_TEST_P(contract_continuations, take_the_value) {
    auto sum = this->pool.submit(add, 1, 2);
    auto text = sum.then([](int x) { return std::to_string(x); });
    static_assert(std::is_same_v<decltype(text), future<std::string>>);
    EXPECT_FALSE(sum.valid()); // its result belongs to the function now
    EXPECT_EQ(result_of(text), "3");
    std::string order;
    auto last = this->pool.submit(do_nothing).then([&] { order += 'a'; }).then([&] { order += 'b'; });
    static_assert(std::is_same_v<decltype(last), future<void>>);
    result_of(last);
    EXPECT_EQ(order, "ab");
    EXPECT_EQ(*result_of(this->pool.submit(boxed, 7).then([](std::unique_ptr<int> box) { return box; })), 7);
    EXPECT_EQ(result_of(this->pool.submit(boxed, 7).then([](const std::unique_ptr<int>& box) { return *box; })), 7);
}

TYPED_TEST_P(contract_continuations, may_be_generic) {
    auto text = this->pool.submit(add, 1, 2).then([](auto x) { return std::to_string(x + 1); }).then([](auto&& s) { return s + "!"; });
    EXPECT_EQ(result_of(text), "4!");
    EXPECT_EQ(result_of(this->pool.submit(add, 1, 2).share().then([](const auto& x) { return x + 1; })), 4);
}

TYPED_TEST_P(contract_continuations, take_the_future) {
    auto by_value = this->pool.submit(add, 1, 2).then([](future<int> sum) { return sum.get() + 1; });
    EXPECT_EQ(result_of(by_value), 4);
    auto by_reference = this->pool.submit(out_of_range).then([](future<int>& failed) {
        EXPECT_TRUE(failed.ready());
        EXPECT_THROW(failed.get(), std::out_of_range);
        return 5;
    });
    EXPECT_EQ(result_of(by_reference), 5);
    EXPECT_TRUE(has_no_state([] { static_cast<void>(future<int>{}.then([](int x) { return x; })); }));
}

TYPED_TEST_P(contract_continuations, are_skipped_when_the_task_failed) {
    std::atomic<int> calls{0};
    auto last = this->pool.submit(out_of_range).then([&](int x) { return x + ++calls; }).then([&](int) { ++calls; });
    EXPECT_EQ(message_of<std::out_of_range>(last), "a failing task");
    EXPECT_EQ(calls, 0);
}

TYPED_TEST_P(contract_continuations, pass_on_what_they_throw) {
    auto last = this->pool.submit(add, 1, 2).then([](int) -> int { throw std::domain_error("mine"); }).then([](int x) { return x; });
    EXPECT_EQ(message_of<std::domain_error>(last), "mine");
}

TYPED_TEST_P(contract_continuations, unwrap_futures) {
    auto next = this->pool.submit(add, 1, 2).then([this](int x) { return this->pool.submit(doubled, x); });
    static_assert(std::is_same_v<decltype(next), future<int>>);
    EXPECT_EQ(result_of(next), 6);
    auto failing = this->pool.submit(add, 1, 2).then([this](int) { return this->pool.submit(out_of_range); });
    EXPECT_THROW(result_of(failing), std::out_of_range);
    auto empty = this->pool.submit(add, 1, 2).then([](int) { return future<int>{}; });
    EXPECT_TRUE(has_no_state([&] { result_of(empty); }));
    auto ready = this->pool.submit(add, 1, 2).then([](int x) { return make_ready_future(x); });
    EXPECT_EQ(result_of(ready), 3);
}

TYPED_TEST_P(contract_continuations, run_as_tasks_of_a_given_pool) {
    TypeParam other{{.workers = 1}};
    EXPECT_EQ(result_of(this->pool.submit(add, 1, 2).then(other, doubled)), 6);
    EXPECT_EQ(result_of(this->pool.submit(do_nothing).then(other, [] { return 7; })), 7);
    auto skipped = this->pool.submit(out_of_range).then(other, doubled);
    EXPECT_THROW(result_of(skipped), std::out_of_range);
    other.shutdown();
    auto refused = this->pool.submit(add, 1, 2).then(other, doubled);
    EXPECT_THROW(result_of(refused), pool_closed);
}

TYPED_TEST_P(contract_continuations, run_in_the_order_added_beside_callbacks) {
    std::string order;
    busy_worker<TypeParam> busy(this->pool);
    busy.task().on_done([&] { order += 'a'; });
    auto last = busy.task().then([&](int) { order += 'b'; });
    busy.release();
    result_of(last);
    EXPECT_EQ(order, "ab");
}

TYPED_TEST_P(contract_continuations, run_where_callbacks_run) {
    std::atomic<std::thread::id> callback{};
    busy_worker<TypeParam> busy(this->pool);
    busy.task().on_done([&] { callback = std::this_thread::get_id(); });
    auto first = busy.task().then([](int) { return std::this_thread::get_id(); });
    auto second = first.then([](std::thread::id id) { return id == std::this_thread::get_id() ? id : std::thread::id{}; });
    busy.release();
    const auto seen = result_of(second);
    EXPECT_EQ(seen, callback.load());
    EXPECT_NE(callback.load(), std::this_thread::get_id());
}

TYPED_TEST_P(contract_continuations, may_be_added_late) {
    auto sum = this->pool.submit(add, 1, 2).then([](int x) { return x; });
    ASSERT_TRUE(sum.wait_for(a_minute));
    EXPECT_EQ(result_of(sum.then([](int x) { return x + 1; })), 4);
}

TYPED_TEST_P(contract_continuations, make_chains_of_ten_thousand) {
    constexpr int length = 10'000;
    busy_worker<TypeParam> busy(this->pool);
    auto value = this->pool.submit(same, 0);
    for (int i = 0; i < length; ++i) value = value.then([](int x) { return x + 1; });
    auto error = this->pool.submit(out_of_range);
    for (int i = 0; i < length; ++i) error = error.then([](int x) { return x + 1; });
    auto cancelled = this->pool.submit(same, 0);
    for (int i = 0; i < length; ++i) cancelled = cancelled.then([](int x) { return x + 1; });
    EXPECT_TRUE(cancelled.cancel());
    busy.release();
    EXPECT_EQ(result_of(value), length);
    EXPECT_THROW(result_of(error), std::out_of_range);
    EXPECT_THROW(result_of(cancelled), task_cancelled);
}

TYPED_TEST_P(contract_continuations, make_loops_of_ten_thousand) {
    this->count_down = [this](int left) {
        return this->pool.submit(same, left).then([this](int n) {
            return n == 0 ? make_ready_future(0) : this->count_down(n - 1);
        });
    };
    EXPECT_EQ(result_of(this->count_down(with_thread_sanitizer ? 1'000 : 10'000)), 0); // one trip to a worker each
}

TYPED_TEST_P(contract_continuations, cancel_the_task_they_wait_for) {
    const tally marks;
    std::atomic<int> calls{0};
    busy_worker<TypeParam> busy(this->pool);
    auto last = this->pool.submit(mark, marks.path()).then([&] { ++calls; }).then([&] { ++calls; });
    EXPECT_TRUE(last.cancel());
    EXPECT_TRUE(last.ready());
    EXPECT_FALSE(last.cancel());
    EXPECT_THROW(last.get(), task_cancelled);
    busy.release();
    this->pool.wait_idle();
    EXPECT_EQ(marks.count(), 0u);
    EXPECT_EQ(calls, 0);
}

TYPED_TEST_P(contract_continuations, are_cancelled_by_themselves_when_the_task_runs) {
    std::atomic<int> calls{0};
    busy_worker<TypeParam> busy(this->pool);
    auto last = busy.task().then([&](int) { ++calls; });
    EXPECT_TRUE(last.cancel());
    EXPECT_THROW(result_of(last), task_cancelled);
    busy.release();
    this->pool.wait_idle();
    EXPECT_EQ(calls, 0);
}

TYPED_TEST_P(contract_continuations, are_cancelled_with_their_task) {
    std::atomic<int> calls{0};
    busy_worker<TypeParam> busy(this->pool);
    auto pending = this->pool.submit(same, 1).share();
    auto last = pending.then([&](int x) { return x + ++calls; }).then([&](int) { ++calls; });
    EXPECT_TRUE(pending.cancel());
    EXPECT_THROW(result_of(last), task_cancelled);
    EXPECT_EQ(calls, 0);
}

TYPED_TEST_P(contract_continuations, cancel_the_future_that_was_given) {
    busy_worker<TypeParam> busy(this->pool);
    const tally marks;
    event given;
    auto last = make_ready_future(1).then([&](int) { return this->pool.submit(mark, marks.path()); });
    EXPECT_TRUE(last.cancel());
    EXPECT_THROW(result_of(last), task_cancelled);
    busy.release();
    this->pool.wait_idle();
    EXPECT_EQ(marks.count(), 0u);
}

TYPED_TEST_P(contract_continuations, are_not_cancelled_while_they_run) {
    const gate release;
    event running;
    busy_worker<TypeParam> busy(this->pool); // of a task that is done already it would run here, in then
    auto last = busy.task().then([&](int x) {
        running.set();
        release.wait();
        return x;
    });
    busy.release();
    ASSERT_TRUE(running.wait());
    EXPECT_FALSE(last.cancel());
    EXPECT_TRUE(last.cancel(force)); // asked to stop: it goes on to its end, and then has no value
    EXPECT_FALSE(last.ready());
    release.open();
    EXPECT_THROW(result_of(last), task_cancelled);
}

TYPED_TEST_P(contract_continuations, may_wait_for_other_continuations) {
    auto last = this->pool.submit(same, 1).then([this](int x) {
        auto inner = this->pool.submit(same, x).then([](int y) { return y + 1; });
        auto second = this->pool.submit(same, x).then([](int y) { return y + 1; });
        return result_of(inner) + second.get(); // with and without a limit
    });
    EXPECT_EQ(result_of(last), 4);
}

TYPED_TEST_P(contract_continuations, may_be_dropped) {
    event done;
    {
        busy_worker<TypeParam> busy(this->pool);
        static_cast<void>(this->pool.submit(same, 1).then([](int x) { return x; }).then([&](int) { done.set(); }));
    }
    EXPECT_TRUE(done.wait());
}

TYPED_TEST_P(contract_continuations, may_destroy_the_pool) {
    auto doomed = std::make_unique<TypeParam>(pool_options{.workers = 1});
    auto last = doomed->submit(same, 1).then([&](int x) {
        doomed.reset();
        return x;
    });
    EXPECT_EQ(result_of(last.then([](int x) { return x + 1; })), 2);
}

TYPED_TEST_P(contract_continuations, free_what_they_captured_before_they_are_ready) {
    const auto captured = std::make_shared<int>(1);
    auto ran = this->pool.submit(same, 1).then([captured](int x) { return x; });
    EXPECT_EQ(result_of(ran), 1);
    EXPECT_EQ(captured.use_count(), 1);
    busy_worker<TypeParam> busy(this->pool);
    auto cancelled = busy.task().then([captured](int x) { return x; });
    EXPECT_TRUE(cancelled.cancel());
    EXPECT_EQ(captured.use_count(), 1);
}

REGISTER_TYPED_TEST_SUITE_P(contract_continuations, take_the_value, may_be_generic, take_the_future, are_skipped_when_the_task_failed,
                            pass_on_what_they_throw, unwrap_futures, run_as_tasks_of_a_given_pool,
                            run_in_the_order_added_beside_callbacks, run_where_callbacks_run, may_be_added_late,
                            make_chains_of_ten_thousand, make_loops_of_ten_thousand, cancel_the_task_they_wait_for,
                            are_cancelled_by_themselves_when_the_task_runs, are_cancelled_with_their_task,
                            cancel_the_future_that_was_given, are_not_cancelled_while_they_run,
                            may_wait_for_other_continuations, may_be_dropped, may_destroy_the_pool,
                            free_what_they_captured_before_they_are_ready);

} // namespace penstock::test

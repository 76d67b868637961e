// SPDX-License-Identifier: MIT
// future<T> and the shared state behind it, without a pool.
#include "future/manual_task.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

class counting_observer final : public detail::observer {
public:
    void completed() noexcept override { ++calls; }
    int calls = 0;
};

TEST(future, waits_without_limit_and_with_one) {
    manual_task task;
    future<int> value = task.get_future();
    EXPECT_FALSE(value.ready());
    EXPECT_FALSE(value.wait_for(0s));
    EXPECT_FALSE(value.wait_for(-1h));
    EXPECT_FALSE(value.wait_for(1ms));
    EXPECT_FALSE(value.wait_until(std::chrono::steady_clock::now() + 1ms));
    EXPECT_FALSE(value.wait_until(std::chrono::system_clock::time_point::min()));
    task->complete(7);
    EXPECT_TRUE(value.wait_for(0s));
    EXPECT_TRUE(value.wait_for(std::chrono::duration<double>(1e300)));
    EXPECT_TRUE(value.wait_until(std::chrono::system_clock::time_point::min()));
    EXPECT_EQ(value.get(), 7);
}

TEST(future, wakes_waiters_in_other_threads) {
    for (int round = 0; round < 200; ++round) { // so that some completions hit a waiter on its way to sleep
        manual_task task;
        future<int> endless = task.get_future();
        future<int> limited = task.get_future();
        std::thread first([&] { endless.wait(); });
        std::thread second([&] { EXPECT_TRUE(limited.wait_for(1min)); });
        task->complete(round);
        first.join();
        second.join();
    }
}

TEST(future, gives_the_result_to_whoever_asks_first) {
    manual_task task;
    future<int> outer = task.get_future();
    int in_callback = 0;
    outer.on_done([&](future<int>& handle) { in_callback = handle.get(); });
    task->complete(5);
    EXPECT_EQ(in_callback, 5);
    try {
        outer.get();
        ADD_FAILURE() << "nothing was thrown";
    } catch (const std::future_error& error) {
        EXPECT_EQ(error.code(), std::future_errc::future_already_retrieved);
    }
}

TEST(future, throws_what_the_task_ended_with) {
    manual_task task;
    future<int> failed = task.get_future();
    task->fail(std::make_exception_ptr(std::out_of_range("no row 17")));
    EXPECT_THROW(failed.get(), std::out_of_range);
    EXPECT_FALSE(failed.valid());
}

TEST(future, runs_callbacks_in_order_and_late_ones_at_once) {
    manual_task task;
    future<int> value = task.get_future();
    std::vector<int> order;
    for (int i = 0; i < 10; ++i) value.on_done([&order, i] { order.push_back(i); });
    EXPECT_TRUE(order.empty());
    task->complete(1);
    value.on_done([&] { order.push_back(10); });
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
}

TEST(future, reports_what_a_callback_throws) {
    manual_task task;
    future<int> value = task.get_future();
    bool next_ran = false;
    value.on_done([] { throw std::runtime_error("a clumsy callback"); });
    value.on_done([] { throw 7; });
    value.on_done([&] { next_ran = true; });
    ::testing::internal::CaptureStderr();
    task->complete(1);
    const std::string reported = ::testing::internal::GetCapturedStderr();
    EXPECT_NE(reported.find("a clumsy callback"), std::string::npos) << reported;
    EXPECT_NE(reported.find("not a std::exception"), std::string::npos) << reported;
    EXPECT_TRUE(next_ran);
}

TEST(future, tells_observers_once_unless_they_left) {
    manual_task task;
    counting_observer stays;
    counting_observer leaves;
    counting_observer late;
    EXPECT_TRUE(task->add_observer(stays));
    EXPECT_TRUE(task->add_observer(leaves));
    task->remove_observer(leaves);
    task->complete(1);
    EXPECT_EQ(stays.calls, 1);
    EXPECT_EQ(leaves.calls, 0);
    EXPECT_FALSE(task->add_observer(late));
    EXPECT_EQ(late.calls, 0);
    task->remove_observer(stays); // does nothing: it was told and forgotten
}

TEST(future, frees_its_state_with_the_last_reference) {
    const int before = manual_state::alive;
    {
        manual_task pending;
        static_cast<void>(pending.get_future());
        manual_task done;
        future<int> never_asked = done.get_future();
        never_asked.on_done([] {});
        done->complete(1);
    }
    EXPECT_EQ(manual_state::alive, before);
}

TEST(future, lets_the_pool_help_in_a_wait_without_limit_only) {
    manual_task task;
    future<int> value = task.get_future();
    EXPECT_FALSE(value.wait_for(1ms));
    EXPECT_FALSE(value.wait_for(0s));
    EXPECT_EQ(task->helps, 0);
    task->value_when_helped = 9;
    EXPECT_EQ(value.get(), 9);
    EXPECT_EQ(task->helps, 1);
}

TEST(future, lets_the_pool_stand_in_while_it_sleeps) {
    manual_task task;
    future<int> value = task.get_future();
    EXPECT_FALSE(value.wait_for(0s)); // does not sleep
    EXPECT_EQ(task->asides, 0);
    EXPECT_FALSE(value.wait_for(1ms));
    EXPECT_EQ(task->asides, 1);
    EXPECT_EQ(task->backs, 0); // the pool did not take the place
    task->stands_in = true;
    EXPECT_FALSE(value.wait_for(1ms));
    EXPECT_EQ(task->asides, 2);
    EXPECT_EQ(task->backs, 1);
    task->complete(1);
    EXPECT_EQ(value.get(), 1);
    EXPECT_EQ(task->asides, 2); // it was ready: no sleep
}

TEST(future, runs_until_it_is_ready) {
    manual_task task;
    future<int> value = task.get_future();
    EXPECT_FALSE(value.running());
    task->set_running();
    EXPECT_TRUE(value.running());
    EXPECT_FALSE(value.cancel());
    task->clear_running(); // its worker died and it goes back to the queue
    EXPECT_FALSE(value.running());
    EXPECT_TRUE(value.cancel());
    EXPECT_THROW(value.get(), task_cancelled);
}

} // namespace
} // namespace penstock::test

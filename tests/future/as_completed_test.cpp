// SPDX-License-Identifier: MIT
// as_completed without a pool.
#include "future/manual_task.hpp"

#include <penstock/when.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

template <class Futures>
concept accepted = requires(Futures futures) {
    as_completed(std::forward<Futures>(futures));
};
static_assert(accepted<std::vector<future<int>>&>);
static_assert(!accepted<std::vector<future<int>>>);
static_assert(!accepted<const std::vector<future<int>>>);

using range = completion_range<int>;
static_assert(std::input_iterator<range::iterator>);
static_assert(std::sentinel_for<std::default_sentinel_t, range::iterator>);
static_assert(std::is_move_constructible_v<range> && !std::is_copy_constructible_v<range>);

struct some_tasks {
    explicit some_tasks(std::size_t count) : tasks(count) {
        for (manual_task& each : tasks) futures.push_back(each.get_future());
    }
    std::vector<manual_task> tasks;
    std::vector<future<int>> futures;
};

TEST(as_completed, comes_in_the_order_of_completion) {
    some_tasks some(4);
    some.tasks[3]->complete(3); // before the call: in the order of the vector
    some.tasks[2]->complete(2);
    auto completed = as_completed(some.futures);
    some.tasks[1]->complete(1);
    some.tasks[0]->fail(std::make_exception_ptr(std::runtime_error("x")));
    std::vector<const future<int>*> order;
    for (future<int>& done : completed) order.push_back(&done);
    EXPECT_EQ(order, (std::vector<const future<int>*>{&some.futures[2], &some.futures[3], &some.futures[1],
                                                      &some.futures[0]}));
}

TEST(as_completed, of_nothing_is_empty) {
    std::vector<future<int>> none;
    auto completed = as_completed(none);
    EXPECT_EQ(completed.begin(), completed.end());
}

TEST(as_completed, steps_over_what_is_not_looked_at) {
    some_tasks some(2);
    auto completed = as_completed(some.futures);
    auto next = completed.begin();
    some.tasks[1]->complete(1);
    some.tasks[0]->complete(0);
    ++next;
    EXPECT_EQ(&*next, &some.futures[0]);
    EXPECT_EQ(&*next, &some.futures[0]);
    EXPECT_EQ(next->get(), 0);
    next++;
    EXPECT_EQ(next, completed.end());
}

TEST(as_completed, keeps_its_iterators_when_it_is_moved) {
    some_tasks some(2);
    auto completed = as_completed(some.futures);
    auto next = completed.begin();
    some.tasks[1]->complete(1);
    EXPECT_EQ(&*next, &some.futures[1]);
    auto moved = std::move(completed);
    some.tasks[0]->complete(0);
    ++next;
    EXPECT_EQ(&*next, &some.futures[0]);
    ++next;
    EXPECT_EQ(next, moved.end());
}

TEST(as_completed, refuses_futures_without_state_and_leaves_the_others_alone) {
    const int before = manual_state::alive;
    {
        some_tasks some(2);
        some.futures.emplace_back();
        try {
            static_cast<void>(as_completed(some.futures));
            ADD_FAILURE() << "nothing was thrown";
        } catch (const std::future_error& error) {
            EXPECT_EQ(error.code(), std::future_errc::no_state);
        }
        some.tasks[0]->complete(1);
        EXPECT_EQ(some.futures[0].get(), 1);
    }
    EXPECT_EQ(manual_state::alive, before);
}

TEST(as_completed, unregisters_when_it_is_destroyed_early) {
    const int before = manual_state::alive;
    {
        some_tasks some(3);
        {
            auto completed = as_completed(some.futures);
            some.tasks[1]->complete(1);
            EXPECT_EQ(&*completed.begin(), &some.futures[1]);
        }
        some.tasks[0]->complete(0); // tells nobody
        EXPECT_EQ(some.futures[0].get(), 0);
        some.futures.erase(some.futures.begin(), some.futures.begin() + 2);
        auto again = as_completed(some.futures);
        some.tasks[2]->complete(2);
        EXPECT_EQ(again.begin()->get(), 2);
    }
    EXPECT_EQ(manual_state::alive, before);
}

TEST(as_completed, reports_all_that_came_in_time_before_it_throws) {
    some_tasks some(3);
    auto completed = as_completed(some.futures, 0s);
    some.tasks[2]->complete(2);
    auto next = completed.begin();
    EXPECT_EQ(next->get(), 2);
    ++next;
    for (int i = 0; i < 2; ++i) {
        try {
            static_cast<void>(*next);
            ADD_FAILURE() << "nothing was thrown";
        } catch (const task_timeout& error) {
            EXPECT_NE(std::string(error.what()).find("1 of 3"), std::string::npos) << error.what();
        }
    }
    EXPECT_THROW(++next, task_timeout);
    some.tasks[0]->complete(0);
    EXPECT_EQ(next->get(), 0); // whoever asks again is told
    ++next;
    EXPECT_THROW(static_cast<void>(*next), task_timeout);
}

TEST(as_completed, takes_any_duration) {
    some_tasks some(1);
    auto completed = as_completed(some.futures, std::chrono::hours::max());
    some.tasks[0]->complete(1);
    EXPECT_EQ(completed.begin()->get(), 1);
}

TEST(as_completed, waits_for_many_that_complete_in_other_threads) {
    constexpr std::size_t count = 10'000;
    some_tasks some(count);
    std::vector<std::size_t> numbers(count);
    for (std::size_t i = 0; i < count; ++i) numbers[i] = i;
    std::shuffle(numbers.begin(), numbers.end(), std::mt19937(1));
    const auto complete_half = [&](std::size_t half) {
        for (std::size_t i = half; i < count; i += 2)
            some.tasks[numbers[i]]->complete(static_cast<int>(numbers[i]));
    };
    auto completed = as_completed(some.futures, 1min);
    std::thread first(complete_half, 0);
    std::thread second(complete_half, 1);
    std::vector<int> seen;
    for (future<int>& done : completed) seen.push_back(done.get());
    first.join();
    second.join();
    ASSERT_EQ(seen.size(), count);
    std::sort(seen.begin(), seen.end());
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(seen[i], static_cast<int>(i));
}

TEST(as_completed, may_be_destroyed_while_states_complete) {
    for (int round = 0; round < 200; ++round) {
        some_tasks some(8);
        auto completed = std::make_unique<range>(as_completed(some.futures));
        std::thread other([&] {
            for (auto& each : some.tasks) each->complete(1);
        });
        EXPECT_EQ(completed->begin()->get(), 1);
        completed.reset();
        other.join();
    }
}

TEST(as_completed, lets_a_pool_stand_in_while_it_sleeps) {
    some_tasks some(3);
    some.tasks[1]->stands_in = true;
    auto completed = as_completed(some.futures, 1ms);
    EXPECT_THROW(static_cast<void>(*completed.begin()), task_timeout);
    EXPECT_EQ(some.tasks[0]->asides, 1);
    EXPECT_EQ(some.tasks[1]->asides, 1);
    EXPECT_EQ(some.tasks[1]->backs, 1);
    EXPECT_EQ(some.tasks[2]->asides, 0); // one place is all this thread has to give
}

} // namespace
} // namespace penstock::test

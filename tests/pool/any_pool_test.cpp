// SPDX-License-Identifier: MIT
// any_pool itself: how it comes to be, what is behind it, and that the kinds agree where their tasks could tell. What a
// pool does with its tasks: any_pool_contract_test.cpp.
#include "contract/tools.hpp"
#include "support/detached.hpp"

#include <penstock/any_pool.hpp>
#include <penstock/task_pool.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

static_assert(task_pool<inline_pool> && task_pool<thread_pool> && task_pool<process_pool> && task_pool<any_pool>);
static_assert(!task_pool<int> && !task_pool<std::vector<int>> && !task_pool<future<int>>);
static_assert(!std::is_copy_constructible_v<any_pool> && !std::is_move_constructible_v<any_pool>);

/// Says whether a task got what its parameter says, or what the caller had.
struct animal {
    int legs = 4;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(legs);
    }
    virtual ~animal() = default;
    virtual int legs_counted() const { return legs; }
};
struct spider : animal {
    int legs_counted() const override { return 8; }
};

int process_of_task() { return static_cast<int>(getpid()); }
int legs_of(const animal& one) { return one.legs_counted(); }
std::size_t length(const char* text) { return std::string_view(text).size(); }
int read_then_zero(std::vector<int> numbers) {
    const int first = numbers.front();
    numbers.assign(numbers.size(), 0);
    return first;
}

class any_pool_suite : public ::testing::TestWithParam<pool_kind> {};

TEST_P(any_pool_suite, is_of_the_kind_that_was_asked_for) {
    any_pool pool = make_pool(GetParam(), {.workers = 2});
    EXPECT_EQ(pool.kind(), GetParam());
    EXPECT_EQ(pool_kind_of(name_of(GetParam())), GetParam());
    EXPECT_EQ(pool.target<inline_pool>() != nullptr, GetParam() == pool_kind::sequential);
    EXPECT_EQ(pool.target<thread_pool>() != nullptr, GetParam() == pool_kind::threads);
    EXPECT_EQ(pool.target<process_pool>() != nullptr, GetParam() == pool_kind::processes);
    EXPECT_EQ(pool.workers(), GetParam() == pool_kind::sequential ? 1u : 2u);
    EXPECT_EQ(result_of(pool.submit(process_of_task)) == getpid(), GetParam() != pool_kind::processes);
}

TEST_P(any_pool_suite, gives_tasks_the_same_arguments_whatever_its_kind) {
    any_pool pool(GetParam(), {.workers = 1});
    EXPECT_EQ(result_of(pool.submit(legs_of, spider{})), 4) << "sent as the parameter's type";
    int changed = 1;
    EXPECT_EQ(result_of(pool.submit(same, std::ref(changed))), 1);
    const char* const missing = nullptr;
    EXPECT_THROW(static_cast<void>(pool.submit(length, missing)), payload_error);
    std::vector<int> numbers{7, 8};
    EXPECT_EQ(result_of(pool.submit(read_then_zero, numbers)), 7);
    EXPECT_EQ(numbers, (std::vector{7, 8}));
    EXPECT_EQ(result_of(pool.submit(read_then_zero, std::move(numbers))), 7);
    EXPECT_TRUE(numbers.empty()); // NOLINT: moved, as after any other call
}

TEST_P(any_pool_suite, passes_options_of_tasks_on) {
    any_pool pool(GetParam(), {.workers = 1});
    auto late = pool.submit({.timeout = 20ms, .label = "tile 17"}, [](std::stop_token token) {
        while (!token.stop_requested()) std::this_thread::yield();
    });
    EXPECT_NE(message_of<task_timeout>(late).find("tile 17"), std::string::npos);
    EXPECT_EQ(pool.try_submit({.label = "tile 18"}, add, 1, 2)->get(), 3);
    const task_options again{.retry = {.max_attempts = 2}};
    if (GetParam() == pool_kind::processes) EXPECT_EQ(result_of(pool.submit(again, add, 1, 2)), 3);
    else EXPECT_THROW(static_cast<void>(pool.submit(again, add, 1, 2)), std::invalid_argument);
}

TEST_P(any_pool_suite, passes_options_of_pools_on) {
    const tally marks;
    {
        any_pool pool(GetParam(), {.workers = 1, .initializer = call(mark, marks.path())});
        EXPECT_EQ(result_of(pool.submit(same, 3)), 3);
    }
    EXPECT_EQ(marks.count(), 1u);
    const pool_options isolated{.workers = 1, .max_tasks_per_worker = 10};
    if (GetParam() == pool_kind::processes) EXPECT_EQ(make_pool(GetParam(), isolated).workers(), 1u);
    else EXPECT_THROW(static_cast<void>(make_pool(GetParam(), isolated)), std::invalid_argument);
}

TEST_P(any_pool_suite, ends_as_its_pool_does) {
    any_pool pool(GetParam(), {.workers = 1});
    const tally marks;
    for (int i = 0; i != 20; ++i) static_cast<void>(pool.submit(mark, marks.path()));
    pool.wait_idle();
    EXPECT_EQ(marks.count(), 20u);
    pool.shutdown(shutdown_mode::cancel_pending);
    EXPECT_THROW(static_cast<void>(pool.submit(same, 1)), pool_closed);
    EXPECT_THROW(static_cast<void>(pool.try_submit(same, 1)), pool_closed);
}

TEST_P(any_pool_suite, has_the_verbs_of_its_pool) {
    const bool is_sequential = GetParam() == pool_kind::sequential;
    any_pool pool(GetParam(), {.workers = 2});
    const tally marks;
    auto all = pool.broadcast(mark, marks.path());
    EXPECT_EQ(all.size(), is_sequential ? 1u : 2u);
    for (auto& each : all) result_of(each);
    EXPECT_EQ(marks.count(), all.size());
    event over;
    const auto submit = [&]() -> detached {
        future<int> sum = co_await pool.submit_async(add, 3, 4);
        EXPECT_EQ(result_of(sum), 7);
        over.set();
    };
    submit();
    EXPECT_TRUE(over.wait());
    pool.wait_idle();
    EXPECT_EQ(pool.stats().done, all.size() + 1);
}

INSTANTIATE_TEST_SUITE_P(of, any_pool_suite,
                         ::testing::Values(pool_kind::sequential, pool_kind::threads, pool_kind::processes),
                         [](const auto& of) { return std::string(name_of(of.param)); });

TEST(any_pool_made_of_another, owns_it_shares_it_or_refers_to_it) {
    {
        const any_pool owner(std::make_unique<process_pool>(pool_options{.workers = 1}));
        EXPECT_EQ(owner.kind(), pool_kind::processes);
    }
    const auto shared = std::make_shared<thread_pool>(pool_options{.workers = 1});
    {
        any_pool sharer(shared);
        EXPECT_EQ(sharer.target<thread_pool>(), shared.get());
        EXPECT_EQ(result_of(sharer.submit(same, 1)), 1);
    }
    EXPECT_EQ(result_of(shared->submit(same, 2)), 2);
    inline_pool mine;
    {
        any_pool referrer(mine);
        EXPECT_EQ(result_of(referrer.submit(same, 3)), 3);
    }
    EXPECT_EQ(result_of(mine.submit(same, 4)), 4);
    EXPECT_THROW(any_pool{std::shared_ptr<thread_pool>()}, std::invalid_argument);
    EXPECT_THROW(any_pool{static_cast<pool_kind>(7)}, std::invalid_argument);
}

TEST(any_pool_names, are_those_of_command_lines) {
    EXPECT_EQ(name_of(pool_kind::threads), "threads");
    EXPECT_EQ(pool_kind_of("processes"), pool_kind::processes);
    EXPECT_EQ(pool_kind_of("process"), std::nullopt);
    EXPECT_EQ(name_of(static_cast<pool_kind>(7)), "unknown");
}

} // namespace
} // namespace penstock::test

// SPDX-License-Identifier: MIT
// map in a thread pool: callables that no other process could run.
#include "map_tools.hpp"

#include <penstock/errors.hpp>

#include <pthread.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <set>

namespace penstock::test {
namespace {

using words = std::vector<std::string>;

class map_threads : public ::testing::Test {
protected:
    thread_pool pool{{.workers = 2}};
};

TEST_F(map_threads, take_captures_by_reference) {
    std::atomic<int> calls{0};
    const auto count = [&](int x) { return calls.fetch_add(1), x; };
    EXPECT_EQ(told(pool.map(count, watched_input(1'000))).size(), 1'000u);
    EXPECT_EQ(calls, 1'000);
}

TEST_F(map_threads, share_a_callable_that_cannot_be_copied) {
    const auto add = [more = std::make_unique<int>(10)](int x) { return x + *more; };
    auto mine = [more = std::make_unique<int>(20)](int x) { return x + *more; };
    EXPECT_EQ(told(pool.map({.chunk = 1}, std::move(mine), std::vector{1, 2})), (words{"21", "22"}));
    EXPECT_EQ(told(pool.map(std::cref(add), std::vector{1, 2})), (words{"11", "12"}));
}

struct counted {
    std::shared_ptr<std::atomic<int>> copies = std::make_shared<std::atomic<int>>(0);
    counted() = default;
    counted(const counted& other) : copies(other.copies) { ++*copies; }
    counted(counted&&) = default;
    int operator()(int x) const { return x; }
};

TEST_F(map_threads, do_not_copy_a_callable_for_each_chunk) {
    const counted f;
    EXPECT_EQ(told(pool.map({.chunk = 1}, f, watched_input(100))).size(), 100u);
    EXPECT_EQ(*f.copies, 1);
}

TEST_F(map_threads, give_every_chunk_its_own_copy_of_a_callable_that_changes) {
    auto number = [calls = std::vector<int>{}](int) mutable { return calls.push_back(0), calls.size(); };
    EXPECT_EQ(told(pool.map({.chunk = 2}, number, watched_input(5))), (words{"1", "2", "1", "2", "1"}));
}

struct shape {
    virtual ~shape() = default;
    virtual std::string name() const { return "shape"; }
};
struct circle : shape {
    std::string name() const override { return "circle"; }
};

TEST_F(map_threads, keep_derived_and_referred_items_as_submit_does) {
    const std::vector<circle> circles(2);
    EXPECT_EQ(told(pool.map([](const shape& s) { return s.name(); }, circles)),
              (words{"\"circle\"", "\"circle\""}));
    EXPECT_EQ(told(pool.map(&shape::name, circles)), (words{"\"circle\"", "\"circle\""}));
    int a = 1;
    int b = 2;
    EXPECT_EQ(told(pool.map([](int& x) { return x *= 10; }, std::vector{std::ref(a), std::ref(b)})),
              (words{"10", "20"}));
    EXPECT_EQ(a + b, 30);
}

TEST_F(map_threads, give_back_what_was_thrown_itself) {
    struct mine {
        int number;
    };
    auto numbers = pool.map([](int x) { return x == 1 ? throw mine{x} : x; }, std::vector{0, 1, 2});
    EXPECT_EQ(count_thrown<mine>(numbers), 1u);
}

TEST_F(map_threads, return_values_without_a_default_constructor) {
    struct solid {
        explicit solid(int x) : number(x) {}
        solid(solid&&) = default;
        int number;
    };
    int sum = 0;
    for (auto&& value : pool.map([](int x) { return solid(x); }, std::vector{1, 2, 3})) sum += value.number;
    EXPECT_EQ(sum, 6);
}

TEST_F(map_threads, can_be_used_in_a_task_of_the_same_pool) {
    thread_pool single{{.workers = 1}};
    const auto sum_up_to = [&](int end) {
        int sum = 0;
        for (const int x : single.map([](int y) { return y; }, watched_input(end))) sum += x;
        return sum;
    };
    EXPECT_EQ(told(single.map(sum_up_to, std::vector{10, 100})), (words{"45", "4950"}));
    const auto in_time = [&](int end) {
        int sum = 0;
        for (const int x : single.map(
                 {.timeout = std::chrono::minutes(1)}, [](int y) { return y; }, watched_input(end)))
            sum += x;
        return sum;
    };
    EXPECT_EQ(told(single.map(in_time, std::vector{10, 100})), (words{"45", "4950"}));
}

TEST_F(map_threads, lose_the_chunk_of_a_thread_that_ends_itself) {
    const auto leave = [](int x) {
        if (x == 3) pthread_exit(nullptr);
        return x;
    };
    auto numbers = pool.map({.chunk = 2}, leave, watched_input(7));
    EXPECT_EQ(count_thrown<worker_died>(numbers), 2u);
}

}  // namespace
}  // namespace penstock::test

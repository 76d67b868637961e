// SPDX-License-Identifier: MIT
// What may be called in another process, asked with the concept `submittable` and done. The sentences for what may
// not are in tests/compile_fail.
#include "support/pool_test.hpp"

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::test {
namespace {

struct without_serialize {
    int x = 0;
};
struct account {
    int balance = 0;
    int plus(int more) const { return balance + more; }
    int drained() && noexcept { return std::exchange(balance, 0); }
    template <class Archive>
    void serialize(Archive& archive) {
        archive(balance);
    }
};
struct scaled {  // a function object that takes its state along
    int factor = 1;
    int operator()(int x) const { return factor * x; }
    template <class Archive>
    void serialize(Archive& archive) {
        archive(factor);
    }
};

int half(int x) noexcept { return x / 2; }
using change = void(int&);
using pointer = int*();
using view = std::string_view();
using length = std::size_t(std::string_view);
using count = std::size_t(std::span<const int>);

// What can be called.
static_assert(submittable<decltype(half), int>);
static_assert(submittable<decltype(&half), short>, "arguments convert");
static_assert(submittable<scaled, int>);
static_assert(submittable<std::plus<>, int, int>);
static_assert(submittable<decltype([](int x) { return x; }), int>);
static_assert(submittable<decltype([](auto x) { return x; }), std::string>);
static_assert(submittable<decltype(fn<&account::plus>), account, int>);
static_assert(submittable<decltype(fn<&account::balance>), const account&>);
static_assert(submittable<length, const char*> && submittable<length, std::string>);
static_assert(submittable<count, std::vector<int>>);
static_assert(submittable<decltype([](std::unique_ptr<account> a) { return a; }), std::unique_ptr<account>>);
// What cannot.
static_assert(!submittable<decltype(half)> && !submittable<decltype(half), int, int>);
static_assert(!submittable<decltype(half), std::string>);
static_assert(!submittable<decltype(&account::plus), account, int>);
static_assert(!submittable<std::function<int()>>);
static_assert(!submittable<change, int&>);
static_assert(!submittable<pointer> && !submittable<view>);
static_assert(!submittable<decltype([](without_serialize) {}), without_serialize>);
static_assert(
    !submittable<decltype([](std::map<int, without_serialize>) {}), std::map<int, without_serialize>>);
static_assert(!submittable<decltype([](std::unique_ptr<account> a) { return a; }), std::unique_ptr<account>&>,
              "no copy to be had");
static_assert(!submittable<int, int>);

/// How a template chooses between a process and the calling thread.
template <class F, class... Args>
std::string where(F, Args...) {
    return "here";
}
template <class F, class... Args>
    requires submittable<F, Args...> std::string where(F, Args...) { return "in a worker"; }

TEST(submittable, chooses_between_overloads) {
    int captured = 1;
    EXPECT_EQ(where(half, 1), "in a worker");
    EXPECT_EQ(where([captured](int x) { return x + captured; }, 1), "here");
    EXPECT_EQ(where(trust_captures([captured](int x) { return x + captured; }), 1), "in a worker");
}

class process_pool_callables : public pool_test {
protected:
    process_pool pool{{.workers = 1}};
};

TEST_F(process_pool_callables, members_and_objects_with_state) {
    EXPECT_EQ(outcome_of(pool.submit(fn<&account::plus>, account{40}, 2)), 42);
    EXPECT_EQ(outcome_of(pool.submit(fn<&account::balance>, account{17})), 17);
    EXPECT_EQ(outcome_of(pool.submit(fn<&account::drained>, account{18})), 18);
    EXPECT_EQ(outcome_of(pool.submit(scaled{3}, 14)), 42);
}

using process_pool_trust_captures = process_pool_callables;

TEST_F(process_pool_trust_captures, are_copied_into_the_worker) {
    struct sums {
        double a, b;
        char letter;
    };
    int factor = 6;
    const sums kept{1.5, 2.5, 'x'};
    auto product = pool.submit(trust_captures([factor](int x) { return factor * x; }), 7);
    auto sum =
        pool.submit(trust_captures([kept] { return kept.a + kept.b + (kept.letter == 'x' ? 100 : 0); }));
    factor = 0;
    EXPECT_EQ(outcome_of(product), 42);
    EXPECT_EQ(outcome_of(sum), 104);
}

TEST_F(process_pool_trust_captures, of_generic_and_mutable_use) {
    std::size_t more = 3;
    EXPECT_EQ(outcome_of(pool.submit(trust_captures([more](auto text) { return text.size() + more; }),
                                     std::string("four"))),
              7u);
    EXPECT_EQ(outcome_of(pool.submit(
                  trust_captures([more](std::string_view text) { return text.size() + more; }), "four")),
              7u);
    EXPECT_EQ(outcome_of(pool.submit(trust_captures([] { return 5; }))), 5)
        << "without captures it does no harm";
}

/// Each task has its own bytes, although all of them share one name.
TEST_F(process_pool_trust_captures, of_one_lambda_differ_from_task_to_task) {
    std::vector<future<int>> all;
    for (int i = 0; i != 100; ++i) all.push_back(pool.submit(trust_captures([i] { return i; })));
    for (int i = 0; i != 100; ++i) EXPECT_EQ(outcome_of(all[static_cast<std::size_t>(i)]), i);
}

}  // namespace
}  // namespace penstock::test

// SPDX-License-Identifier: MIT
// map_unordered and map_outcomes, beyond what the contract of pools says: what they cost, and what a worker takes with
// it when it dies.
#include "gate.hpp"
#include "map_tools.hpp"

#include <penstock/process_pool.hpp>

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iterator>
#include <set>

namespace penstock::test {
namespace {

int die_at_nine(int x) {
    if (x == 9) ::kill(::getpid(), SIGKILL);
    return x;
}
int keep(int x) { return x; }

TEST(map_unordered, is_a_range_to_be_read_once) {
    thread_pool pool{{.workers = 1}};
    auto numbers = pool.map_unordered(keep, std::vector{5, 6});
    using iterator = decltype(numbers.begin());
    static_assert(std::input_iterator<iterator>);
    static_assert(std::sentinel_for<decltype(numbers.end()), iterator>);
    static_assert(std::same_as<decltype(*numbers.begin()), indexed_result<int>&&>);
    auto it = numbers.begin();
    EXPECT_EQ((*it).value, (*it).value);  // reading again gives it again
    const std::size_t first = it.index();
    auto moved = std::move(numbers);
    auto rest = moved.begin();
    EXPECT_EQ(rest.index(), first);
    EXPECT_EQ((*++rest).index, 1 - first);
    EXPECT_TRUE(++rest == moved.end());
}

TEST(map_unordered, loses_the_chunk_in_which_a_worker_died_and_nothing_else) {
    process_pool pool{{.workers = 2}};
    for (const std::size_t chunk : {1u, 4u}) {
        auto numbers = pool.map_unordered({.chunk = chunk, .ahead = 20}, die_at_nine, watched_input(40));
        std::set<std::size_t> dead;
        std::size_t good = 0;
        for (auto it = numbers.begin(); it != numbers.end(); ++it) try {
                EXPECT_EQ((*it).value, static_cast<int>(it.index()));
                ++good;
            } catch (const worker_died& death) {
                EXPECT_EQ(death.signal(), SIGKILL);
                EXPECT_EQ(it.index() / chunk, 9 / chunk);
                dead.insert(it.index());
            }
        EXPECT_EQ(dead.size(), chunk);
        EXPECT_EQ(good, 40 - chunk);
    }
}

TEST(map_outcomes, loses_the_chunk_in_which_a_worker_died_and_nothing_else) {
    process_pool pool{{.workers = 2}};
    std::vector<std::size_t> dead;
    std::size_t item = 0;
    for (auto&& each : pool.map_outcomes({.chunk = 4, .ahead = 20}, die_at_nine, watched_input(40))) {
        if (!each) {
            EXPECT_THROW(static_cast<void>(each.value()), worker_died);
            dead.push_back(item);
        }
        ++item;
    }
    EXPECT_EQ(item, 40u);
    EXPECT_EQ(dead, (std::vector<std::size_t>{8, 9, 10, 11}));
}

/// A state for each chunk that is told once and forgotten: looking through all of them each time would take minutes.
TEST(map_unordered, takes_very_many_chunks_under_way) {
    thread_pool pool{{.workers = 2}};
    constexpr int many = 100'000;
    std::vector<bool> seen(many);
    for (auto&& [index, value] : pool.map_unordered({.chunk = 1, .ahead = many}, keep, watched_input(many))) {
        ASSERT_FALSE(seen[index]);
        seen[index] = true;
        ASSERT_EQ(value, static_cast<int>(index));
    }
    EXPECT_EQ(std::count(seen.begin(), seen.end(), true), many);
}

TEST(map_unordered, can_be_used_in_a_task_of_the_same_pool) {
    thread_pool single{{.workers = 1}};
    const auto sum_up_to = [&](int end) {
        int sum = 0;
        for (auto&& each : single.map_unordered({.ahead = 3}, keep, watched_input(end))) sum += each.value;
        return sum;
    };
    EXPECT_EQ(told(single.map(sum_up_to, std::vector{10, 100})), (std::vector<std::string>{"45", "4950"}));
}

TEST(map_unordered, gives_the_chunks_that_the_pool_refuses_their_places) {
    recording_pool pool(1);
    const std::vector<int> items{0, 1, 2, 3, 4, 5, 6};
    using verb = detail::map_unordered_verb;
    auto numbers = detail::map_to_threads::run<verb>(pool, map_options{.chunk = 2, .ahead = 4}, keep, items);
    pool.refuse = true;
    std::set<std::size_t> good;
    std::set<std::size_t> refused;
    for (auto it = numbers.begin(); it != numbers.end(); ++it) try {
            good.insert((*it).index);
        } catch (const queue_full&) {
            refused.insert(it.index());
        }
    EXPECT_EQ(good, (std::set<std::size_t>{0, 1, 2, 3}));
    EXPECT_EQ(refused, (std::set<std::size_t>{4, 5, 6}));
}

TEST(map_unordered, lets_what_its_input_throws_out_of_the_step_and_delivers_what_came_before) {
    thread_pool pool{{.workers = 2}};
    watched_input input(-1);
    input.hook = [](int x) {
        if (x == 5) throw std::runtime_error("broken input");
    };
    auto numbers = pool.map_unordered({.chunk = 2, .ahead = 4}, keep, input);
    std::set<int> values;
    std::size_t thrown = 0;
    for (auto it = numbers.begin(); it != numbers.end();) {
        values.insert((*it).value);
        try {
            ++it;
        } catch (const std::runtime_error&) {
            ++thrown;  // it has moved on
        }
    }
    EXPECT_EQ(values, (std::set{0, 1, 2, 3, 4}));
    EXPECT_EQ(thrown, 1u);
    EXPECT_EQ(input.reads, 6);
}

}  // namespace
}  // namespace penstock::test

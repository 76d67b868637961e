// SPDX-License-Identifier: MIT
// How map cuts its input into tasks, seen by the pool that gets them.
#include "map_tools.hpp"

#include <algorithm>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

int same(int x) { return x; }

std::vector<int> taken(auto&& range, std::size_t count) {
    std::vector<int> values;
    for (auto it = range.begin(); values.size() != count; ++it) values.push_back(*it);
    return values;
}

TEST(map_chunks, have_the_size_that_was_asked_for) {
    recording_pool pool(2);
    EXPECT_EQ(told(pool.map({.chunk = 3}, same, watched_input(10))).size(), 10u);
    EXPECT_EQ(pool.chunks, (std::vector<std::size_t>{3, 3, 3, 1}));
}

TEST(map_chunks, are_no_larger_than_what_may_be_under_way) {
    recording_pool pool(2);
    watched_input input(-1);
    auto numbers = pool.map({.chunk = 100, .ahead = 4}, same, input);
    EXPECT_EQ(input.reads, 4);
    EXPECT_EQ(taken(numbers, 5).size(), 5u);
    EXPECT_EQ(pool.chunks, (std::vector<std::size_t>{4, 4}));
}

TEST(map_chunks, begin_with_one_item_and_grow_while_tasks_are_short) {
    recording_pool pool(2, 1us);
    auto numbers = pool.map({}, same, watched_input(-1));
    EXPECT_EQ(pool.chunks, std::vector<std::size_t>(8, 1));  // four chunks a worker
    const auto values = taken(numbers, 50'000);
    for (int i = 0; i != 50'000; ++i) ASSERT_EQ(values[static_cast<std::size_t>(i)], i);
    EXPECT_TRUE(std::is_sorted(pool.chunks.begin(), pool.chunks.end()));
    EXPECT_EQ(pool.chunks.back(), 1'000u);  // a millisecond of work
}

TEST(map_chunks, stay_small_where_items_are_long) {
    recording_pool pool(2, 2ms);
    EXPECT_EQ(taken(pool.map({}, same, watched_input(-1)), 100).size(), 100u);
    EXPECT_EQ(*std::max_element(pool.chunks.begin(), pool.chunks.end()), 1u);
}

TEST(map_chunks, leave_something_for_every_worker) {
    recording_pool pool(4, 1ns);
    watched_input input(-1);
    auto numbers = pool.map({.ahead = 20}, same, input);
    EXPECT_EQ(input.reads, 20);
    EXPECT_EQ(taken(numbers, 500).size(), 500u);
    EXPECT_EQ(*std::max_element(pool.chunks.begin(), pool.chunks.end()),
              3u);  // 20 over twice four, rounded up
}

TEST(map_chunks, that_the_pool_refuses_keep_their_places) {
    recording_pool pool(1);
    auto numbers = pool.map({.chunk = 2, .ahead = 4}, same, watched_input(-1));
    pool.refuse = true;
    EXPECT_EQ(told(numbers),
              (std::vector<std::string>{"0", "1", "2", "3", "no room for 2", "no room for 2"}));
    EXPECT_THROW(static_cast<void>(pool.map({}, same, watched_input(3))), queue_full);
}

TEST(map_chunks, before_one_that_the_input_breaks_off_are_handed_in) {
    recording_pool pool(1);
    watched_input input(-1);
    input.hook = [](int x) {
        if (x == 7) throw std::runtime_error("broken input");
    };
    auto numbers = pool.map({.chunk = 5, .ahead = 5}, same, input);
    auto it = numbers.begin();
    for (int i = 0; i != 4; ++i) ++it;
    EXPECT_THROW(++it, std::runtime_error);
    EXPECT_EQ(pool.chunks, (std::vector<std::size_t>{5, 2}));
    EXPECT_EQ(*it, 5);
    EXPECT_EQ(*++it, 6);
    EXPECT_TRUE(++it == numbers.end());
}

}  // namespace
}  // namespace penstock::test

// SPDX-License-Identifier: MIT
// map, beyond what the contract of pools says: what is read, moved and delivered, and when it ends.
#include "gate.hpp"
#include "map_tools.hpp"

#include <penstock/process_pool.hpp>
#include <penstock/thread_pool.hpp>

#include <concepts>
#include <list>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <thread>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

int twice(int x) { return 2 * x; }
int not_three(int x) { return x == 3 ? throw std::out_of_range("three") : x; }
int wait_at(const std::string& gate_path, int x) {
    if (!gate_path.empty()) gate::wait(gate_path);
    return x;
}
std::string say(std::string_view text) { return "<" + std::string(text) + ">"; }
double sum_of(std::span<const double> values) { return std::accumulate(values.begin(), values.end(), 0.0); }
std::vector<double> grown(std::vector<double> values) {
    values.push_back(1);
    return values;
}

template <class Pool>
class map : public ::testing::Test {
protected:
    Pool pool{{.workers = 2}};
};
using pools = ::testing::Types<thread_pool, process_pool>;
TYPED_TEST_SUITE(map, pools);

TYPED_TEST(map, is_a_range_to_be_read_once) {
    auto words = this->pool.map(say, std::vector<std::string>{"a", "b"});
    using iterator = decltype(words.begin());
    static_assert(std::input_iterator<iterator>);
    static_assert(std::sentinel_for<decltype(words.end()), iterator>);
    static_assert(std::same_as<decltype(*words.begin()), std::string&&>);
    static_assert(std::move_constructible<decltype(words)> && !std::copy_constructible<decltype(words)>);

    auto it = words.begin();
    const std::string& looked_at = *it;
    EXPECT_EQ(looked_at, "<a>");
    EXPECT_EQ(std::string(*it), "<a>");  // reading again gives it again; this one moved it out
    auto moved = std::move(words);
    auto rest = moved.begin();  // where it stood
    EXPECT_EQ(std::string(*++rest), "<b>");
    EXPECT_TRUE(++rest == moved.end());
}

TYPED_TEST(map, goes_on_after_an_exception_which_every_reading_throws) {
    auto numbers = this->pool.map({.chunk = 5}, not_three, std::vector<int>{2, 3, 4});
    auto it = numbers.begin();
    EXPECT_EQ(*it, 2);
    ++it;
    EXPECT_THROW(static_cast<void>(*it), std::out_of_range);
    EXPECT_THROW(static_cast<void>(*it), std::out_of_range);
    ++it;
    EXPECT_EQ(*it, 4);
    EXPECT_TRUE(++it == numbers.end());
}

TYPED_TEST(map, passes_over_items_that_nobody_reads) {
    auto numbers = this->pool.map({.chunk = 2}, not_three, std::vector<int>{3, 3, 7, 3});
    auto it = numbers.begin();
    ++it, ++it;
    EXPECT_EQ(*it, 7);
    ++it, ++it;
    EXPECT_TRUE(it == numbers.end());
}

TYPED_TEST(map, reads_and_steps_no_further_than_asked) {
    watched_input input(-1);
    auto numbers = this->pool.map({.chunk = 1, .ahead = 4}, twice, input);
    EXPECT_EQ(input.reads, 4);
    EXPECT_EQ(input.steps, 3);  // one more would make a stream wait for an item that nobody needs yet
    auto it = numbers.begin();
    EXPECT_EQ(*it, 0);
    EXPECT_EQ(input.reads, 4);
    for (int i = 1; i != 20; ++i) {
        ++it;
        EXPECT_EQ(input.reads, 4 + i);
        EXPECT_EQ(*it, 2 * i);
    }
}

TYPED_TEST(map, reads_a_chunk_when_there_is_room_for_it) {
    watched_input input(-1);
    auto numbers = this->pool.map({.chunk = 3, .ahead = 8}, twice, input);
    EXPECT_EQ(input.reads, 6);
    auto it = numbers.begin();
    ++it;
    EXPECT_EQ(input.reads, 9);  // eight under way
    ++it;
    EXPECT_EQ(input.reads, 9);
}

TYPED_TEST(map, reads_in_the_calling_thread_alone) {
    watched_input input(300);
    std::set<std::thread::id> readers;
    input.hook = [&](int) { readers.insert(std::this_thread::get_id()); };
    int sum = 0;
    for (const int value : this->pool.map(twice, input)) sum += value;
    EXPECT_EQ(sum, 299 * 300);
    EXPECT_EQ(input.reads, 300);
    EXPECT_EQ(readers, std::set{std::this_thread::get_id()});
}

TYPED_TEST(map, of_an_endless_input_ends_with_the_loop) {
    int expected = 0;
    for (const int value : this->pool.map(twice, watched_input(-1))) {
        ASSERT_EQ(value, 2 * expected);
        if (++expected == 5'000) break;
    }
}

TYPED_TEST(map, stops_at_the_end_of_the_shortest_range) {
    watched_input endless(-1);
    const std::list<std::string> gates(3);
    std::vector<int> values;
    for (const int value : this->pool.map({.ahead = 100}, wait_at, gates, endless)) values.push_back(value);
    EXPECT_EQ(values, (std::vector{0, 1, 2}));
    EXPECT_EQ(endless.reads, 3);
}

TYPED_TEST(map, lets_what_its_input_throws_at_first_out_of_the_call) {
    watched_input input(-1);
    input.hook = [](int x) {
        if (x == 5) throw std::runtime_error("broken input");
    };
    EXPECT_THROW(static_cast<void>(this->pool.map({.chunk = 2, .ahead = 10}, twice, input)),
                 std::runtime_error);
    EXPECT_EQ(input.reads, 6);
    this->pool.wait_idle();
}

TYPED_TEST(map, lets_what_its_input_throws_later_out_of_the_step_and_delivers_what_came_before) {
    watched_input input(-1);
    input.hook = [](int x) {
        if (x == 5) throw std::runtime_error("broken input");
    };
    auto numbers = this->pool.map({.chunk = 2, .ahead = 4}, twice, input);
    auto it = numbers.begin();
    ++it;                                    // room for one: not enough for a chunk
    EXPECT_THROW(++it, std::runtime_error);  // reads 4 and fails at 5
    std::vector<int> values;
    for (; it != numbers.end(); ++it) values.push_back(*it);
    EXPECT_EQ(values, (std::vector{4, 6, 8}));
    EXPECT_EQ(input.reads, 6);  // and never again
}

TYPED_TEST(map, gives_what_the_pool_refuses_its_reason) {
    auto numbers = this->pool.map({.chunk = 1, .ahead = 2}, twice, watched_input(-1));
    this->pool.shutdown();
    auto it = numbers.begin();
    EXPECT_EQ(*it, 0);
    ++it;
    EXPECT_EQ(*it, 2);
    ++it;
    EXPECT_THROW(static_cast<void>(*it), pool_closed);
    ++it;
    EXPECT_TRUE(it == numbers.end());  // the one refused item of an endless input speaks for the others
    EXPECT_THROW(static_cast<void>(this->pool.map(twice, watched_input(-1))), pool_closed);
}

TYPED_TEST(map, gives_every_item_that_a_closed_pool_would_get_its_reason) {
    watched_input input(-1);
    const std::vector<std::string> gates(1'000);
    auto numbers = this->pool.map({.chunk = 1, .ahead = 3}, wait_at, gates, input);
    this->pool.shutdown();
    auto it = numbers.begin();
    for (int i = 0; i != 3; ++i, ++it) EXPECT_EQ(*it, i);
    EXPECT_EQ(count_thrown<pool_closed>(numbers), 997u);
    EXPECT_LE(input.reads, 6);  // they are only counted
}

TYPED_TEST(map, takes_move_only_items_and_gives_move_only_results) {
    std::vector<std::unique_ptr<int>> items;
    for (int i = 0; i != 7; ++i) items.push_back(std::make_unique<int>(i));
    const auto more = [](std::unique_ptr<int> x) { return std::make_unique<int>(*x + 1); };
    int expected = 1;
    for (std::unique_ptr<int> x : this->pool.map({.chunk = 3}, more, std::move(items)))
        EXPECT_EQ(*x, expected++);
    EXPECT_EQ(expected, 8);
}

TYPED_TEST(map, leaves_an_input_that_it_only_refers_to_as_it_was) {
    std::vector<std::string> mine(5, std::string(100, 'x'));
    const auto size_of = [](std::string s) { return std::string(std::move(s)).size(); };
    for (const auto size : this->pool.map(size_of, mine)) EXPECT_EQ(size, 100u);
    for (const auto size : this->pool.map(size_of, std::span(mine)))
        EXPECT_EQ(size, 100u);  // moved in, but only a view
    EXPECT_EQ(mine, std::vector<std::string>(5, std::string(100, 'x')));
}

TYPED_TEST(map, keeps_views_and_literals_by_value) {
    std::vector<std::string> said;
    for (auto&& text : this->pool.map({.chunk = 2}, say, std::vector<const char*>{"one", "two", "three"}))
        said.push_back(std::move(text));
    EXPECT_EQ(said, (std::vector<std::string>{"<one>", "<two>", "<three>"}));
    EXPECT_EQ(told(this->pool.map(sum_of, std::vector<std::vector<double>>{{1, 2}, {}, {3.5}})),
              (std::vector<std::string>{"3", "0", "3.5"}));
}

TYPED_TEST(map, carries_large_items_and_results) {
    const std::vector<double> large(200'000, 0.5);
    const std::vector<std::vector<double>> items{large, {}, large, {2}, large};
    std::size_t item = 0;
    for (auto&& result : this->pool.map({.chunk = 3}, grown, items)) {
        auto expected = items.at(item++);
        expected.push_back(1);
        EXPECT_TRUE(result == expected) << "item " << item;
    }
    EXPECT_EQ(item, 5u);
}

TYPED_TEST(map, can_be_the_input_of_another_map) {
    auto numbers =
        this->pool.map({.chunk = 1}, twice, this->pool.map({.chunk = 2}, twice, std::vector{1, 2, 3}));
    EXPECT_EQ(told(numbers), (std::vector<std::string>{"4", "8", "12"}));
}

TYPED_TEST(map, takes_a_limit_that_no_clock_reaches) {
    EXPECT_EQ(told(this->pool.map({.timeout = std::chrono::nanoseconds::max()}, twice, std::vector{1})),
              std::vector<std::string>{"2"});
    EXPECT_THROW(static_cast<void>(this->pool.map({.timeout = -1ns}, twice, std::vector{1})),
                 std::invalid_argument);
}

TYPED_TEST(map, throws_for_every_unfinished_item_after_its_time_limit) {
    const gate release;
    TypeParam single{{.workers = 1}};
    const std::vector<std::string> gates(9, release.path());
    // Read as far as four items, the fifth to the ninth are never read; all of them are told.
    auto late = single.map({.chunk = 2, .timeout = 1ms, .ahead = 4, .label = "tiles"}, wait_at, gates,
                           watched_input(-1));
    const auto messages = told(late);
    EXPECT_EQ(messages.size(), 9u);
    for (const auto& message : messages)
        EXPECT_EQ(message,
                  "penstock: this item of map 'tiles' was not finished within 0.001 s of the call "
                  "(map_options.timeout)");
    release.open();
    single.wait_idle();
}

TYPED_TEST(map, reads_nothing_after_its_time_limit) {
    const gate release;
    watched_input input(-1);
    auto late = this->pool.map({.chunk = 1, .timeout = 1ms, .ahead = 4}, wait_at,
                               std::vector(1'000, release.path()), input);
    EXPECT_EQ(count_thrown<task_timeout>(late), 1'000u);  // one of the ranges knows its size
    EXPECT_LE(input.reads, 4);
    release.open();
    this->pool.wait_idle();
}

TYPED_TEST(map, delivers_after_the_time_limit_what_was_finished_before) {
    const gate release;
    auto numbers = this->pool.map({.chunk = 6, .timeout = 500ms, .ahead = 6}, twice, watched_input(-1));
    this->pool.wait_idle();
    auto held = this->pool.submit(wait_at, release.path(), 0);
    EXPECT_FALSE(held.wait_for(500ms));  // the limit has passed
    std::vector<int> values;
    auto it = numbers.begin();
    for (int i = 0; i != 6; ++i, ++it) values.push_back(*it);
    EXPECT_EQ(values, (std::vector{0, 2, 4, 6, 8, 10}));
    EXPECT_THROW(static_cast<void>(*it), task_timeout);  // speaks for all that was not read
    EXPECT_TRUE(++it == numbers.end());
    release.open();
}

TYPED_TEST(map, ends_in_time_without_a_word_when_all_was_read_and_finished) {
    auto numbers = this->pool.map({.chunk = 3, .timeout = 500ms, .ahead = 3}, twice, watched_input(3));
    this->pool.wait_idle();
    const gate release;
    auto held = this->pool.submit(wait_at, release.path(), 0);
    EXPECT_FALSE(held.wait_for(500ms));
    EXPECT_EQ(told(numbers), (std::vector<std::string>{"0", "2", "4"}));
    release.open();
}

}  // namespace
}  // namespace penstock::test

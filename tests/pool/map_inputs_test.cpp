// SPDX-License-Identifier: MIT
// What map takes for a range, and what it does with the items. Threads only: it all happens before the pool.
#include "map_tools.hpp"

#include <array>
#include <deque>
#include <forward_list>
#include <initializer_list>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <sstream>
#include <string_view>

namespace penstock::test {
namespace {

using words = std::vector<std::string>;

std::string join(std::string_view a, int b) { return std::string(a) + std::to_string(b); }
int length(const std::string& s) { return static_cast<int>(s.size()); }

class map_inputs : public ::testing::Test {
protected:
    thread_pool pool{{.workers = 2}};
};

// What the callable gets for each item: lvalues of what others own, rvalues of what was moved in.
template <class Range>
using argument = detail::item_argument_t<Range>;
static_assert(std::is_same_v<argument<words&>, std::string&>);
static_assert(std::is_same_v<argument<const words&>, const std::string&>);
static_assert(std::is_same_v<argument<words>, std::string&&>);
static_assert(std::is_same_v<argument<const words>, std::string&&>);  // copied in
static_assert(std::is_same_v<argument<std::array<std::string, 2>>, std::string&&>);
static_assert(std::is_same_v<argument<std::list<std::string>>, std::string&&>);
static_assert(std::is_same_v<argument<std::set<std::string>>, const std::string&>);
static_assert(
    std::is_same_v<argument<std::span<std::string>>, std::string&>);  // the elements are somebody else's
static_assert(std::is_same_v<argument<std::span<const std::string>>, const std::string&>);
static_assert(std::is_same_v<argument<std::string_view>, const char&>);
static_assert(std::is_same_v<argument<std::initializer_list<std::string>>, const std::string&>);
static_assert(std::is_same_v<argument<std::vector<bool>&>, bool>);  // not a proxy
static_assert(std::is_same_v<argument<watched_input&>, int>);
static_assert(std::is_same_v<argument<int (&)[3]>, int&>);
static_assert(!detail::iterable<int> && !detail::iterable<std::unique_ptr<int>>);

TEST_F(map_inputs, may_be_any_container) {
    const auto twice = [](int x) { return 2 * x; };
    const words expected{"2", "4", "6"};
    int plain[] = {1, 2, 3};
    const std::initializer_list<int> list{1, 2, 3};
    EXPECT_EQ(told(pool.map(twice, plain)), expected);
    EXPECT_EQ(told(pool.map(twice, list)), expected);
    EXPECT_EQ(told(pool.map(twice, std::array{1, 2, 3})), expected);
    EXPECT_EQ(told(pool.map(twice, std::list{1, 2, 3})), expected);
    EXPECT_EQ(told(pool.map(twice, std::deque{1, 2, 3})), expected);
    EXPECT_EQ(told(pool.map(twice, std::set{3, 2, 1})), expected);
    EXPECT_EQ(told(pool.map(twice, std::forward_list{1, 2, 3})), expected);
    EXPECT_EQ(told(pool.map(twice, std::as_const(plain))), expected);
    EXPECT_EQ(told(pool.map(length, words{})), words{});
}

TEST_F(map_inputs, convert_to_the_parameters_as_in_a_call) {
    EXPECT_EQ(told(pool.map(join, std::vector<const char*>{"a", "b"}, std::vector<bool>{true, false})),
              (words{"\"a1\"", "\"b0\""}));
    EXPECT_EQ(told(pool.map(length, std::vector<const char*>{"four"})), words{"4"});
    EXPECT_EQ(told(pool.map([](double x) { return x / 2; }, std::vector<char>{1, 2})), (words{"0.5", "1"}));
    EXPECT_EQ(
        told(pool.map([](std::span<const int> s) { return s.size(); }, std::vector<std::array<int, 3>>(2))),
        (words{"3", "3"}));
    EXPECT_EQ(told(pool.map([](auto x) { return x; }, std::vector<bool>{true})), words{"true"});
}

TEST_F(map_inputs, may_be_pairs_of_a_map) {
    const std::map<std::string, int> ages{{"ada", 36}, {"alan", 41}};
    const auto describe = [](const std::pair<const std::string, int>& p) {
        return p.first + std::to_string(p.second);
    };
    EXPECT_EQ(told(pool.map(describe, ages)), (words{"\"ada36\"", "\"alan41\""}));
}

struct stream_of_numbers {
    std::istringstream text{"3 1 4 1 5"};
    std::istream_iterator<int> begin() { return std::istream_iterator<int>(text); }
    std::istream_iterator<int> end() { return {}; }
};

TEST_F(map_inputs, may_be_a_stream) {
    stream_of_numbers stream;
    EXPECT_EQ(told(pool.map(
                  {.ahead = 2}, [](int x) { return x; }, stream)),
              (words{"3", "1", "4", "1", "5"}));
}

/// A range of the plainest kind that a range-based for loop takes: found by ADL, compared with != alone.
namespace plain {
struct countdown {
    int from;
};
struct place {
    int left;
    int operator*() const { return left; }
    void operator++() { --left; }
    bool operator!=(const place& other) const { return left != other.left; }
};
place begin(const countdown& c) { return {c.from}; }
place end(const countdown&) { return {0}; }
}  // namespace plain

TEST_F(map_inputs, may_be_all_that_a_for_loop_takes) {
    EXPECT_EQ(told(pool.map([](int x) { return x; }, plain::countdown{3})), (words{"3", "2", "1"}));
}

TEST_F(map_inputs, moved_in_give_their_items_away) {
    std::vector<std::unique_ptr<int>> items;
    for (int i = 0; i != 5; ++i) items.push_back(std::make_unique<int>(i));
    EXPECT_EQ(told(pool.map([](std::unique_ptr<int> x) { return *x; }, std::move(items))),
              (words{"0", "1", "2", "3", "4"}));
    EXPECT_TRUE(items.empty());  // NOLINT(bugprone-use-after-move)
}

TEST_F(map_inputs, of_an_initializer_list_outlive_the_call) {
    const std::string long_text(100, 'x');
    auto sizes =
        pool.map({.chunk = 1, .ahead = 1}, length, std::initializer_list<std::string>{long_text, long_text});
    EXPECT_EQ(told(sizes), (words{"100", "100"}));
}

TEST_F(map_inputs, that_cannot_be_text_say_so) {
    auto sizes = pool.map({.chunk = 1, .ahead = 1}, length, std::vector<const char*>{"a", nullptr, "c"});
    auto it = sizes.begin();
    EXPECT_THROW(++it, payload_error);
    EXPECT_TRUE(it == sizes.end());
}

TEST_F(map_inputs, survive_a_move_of_the_map) {
    std::array<std::string, 3> items{"a", "bb", "ccc"};  // short strings: their characters move with them
    auto first = pool.map({.chunk = 1, .ahead = 1}, length, std::move(items));
    auto second = std::move(first);
    EXPECT_EQ(told(second), (words{"1", "2", "3"}));
}

}  // namespace
}  // namespace penstock::test

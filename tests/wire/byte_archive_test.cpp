// SPDX-License-Identifier: MIT
// The archives: values come back as they were, and hostile bytes neither allocate nor recurse nor pass for values.
#include <penstock/detail/byte_archive.hpp>

#include "support/payload.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>

namespace penstock::detail {
namespace {

/// Remembers the most that was ever asked for at once.
template <class T>
struct counting_allocator {
    using value_type = T;
    counting_allocator() = default;
    template <class U>
    counting_allocator(const counting_allocator<U>&) {}
    T* allocate(std::size_t count) {
        largest() = std::max(largest(), count * sizeof(T));
        if (count * sizeof(T) > (std::size_t{1} << 30)) throw std::bad_alloc{};
        return std::allocator<T>().allocate(count);
    }
    void deallocate(T* there, std::size_t count) { std::allocator<T>().deallocate(there, count); }
    static std::size_t& largest() {
        static std::size_t bytes = 0;
        return bytes;
    }
    friend bool operator==(const counting_allocator&, const counting_allocator&) { return true; }
};

enum class colour : std::uint8_t { red, green = 200 };
struct empty_class {
    friend bool operator==(const empty_class&, const empty_class&) = default;
};
struct point {
    int x = 0;
    std::string name;
    std::vector<double> values;
    template <class Archive>
    void serialize(Archive& archive) { archive(x, name, values); }
    friend bool operator==(const point&, const point&) = default;
};
/// As deep as you like.
struct chain {
    std::unique_ptr<chain> next;
    template <class Archive>
    void serialize(Archive& archive) { archive(next); }
};
struct silent { // a serialize function that writes nothing
    template <class Archive>
    void serialize(Archive&) {}
};

template <class T>
byte_buffer encode(const T& value) {
    byte_buffer out;
    output_archive archive(out);
    archive(value);
    return out;
}
template <class T>
T decode(std::span<const std::byte> bytes) {
    T value{};
    input_archive archive(bytes);
    archive(value);
    archive.expect_end();
    return value;
}
template <class T>
void expect_round_trip(const T& value) {
    const byte_buffer bytes = encode(value);
    EXPECT_TRUE(decode<T>(bytes.bytes()) == value);
    for (std::size_t size = 0; size != bytes.size(); ++size) // any part of it alone is refused
        EXPECT_THROW(decode<T>(bytes.bytes().first(size)), archive_error) << size << " of " << bytes.size();
}

TEST(byte_archive, plain_values) {
    expect_round_trip(true);
    expect_round_trip('x');
    expect_round_trip(-7);
    expect_round_trip(~std::uint64_t{0});
    expect_round_trip(1.5f);
    expect_round_trip(-0.25L);
    expect_round_trip(colour::green);
    expect_round_trip(empty_class{});
}

TEST(byte_archive, the_standard_library) {
    using namespace std::string_literals;
    expect_round_trip("with a \0 inside"s);
    expect_round_trip(""s);
    expect_round_trip(std::vector<int>{});
    expect_round_trip(std::vector<double>{1, 2.5, -3});
    expect_round_trip(std::vector<bool>{true, false, true});
    expect_round_trip(std::vector<std::string>{"a", "", "ccc"});
    expect_round_trip(std::vector<std::vector<int>>{{}, {1}, {2, 3}});
    expect_round_trip(std::array<int, 3>{1, 2, 3});
    expect_round_trip(std::deque<std::string>{"a", "b"});
    expect_round_trip(std::list<int>{1, 2});
    expect_round_trip(std::set<int>{3, 1});
    expect_round_trip(std::map<std::string, std::vector<int>>{{"a", {1}}, {"b", {}}});
    expect_round_trip(std::unordered_map<int, std::string>{{1, "one"}, {2, "two"}});
    expect_round_trip(std::tuple<int, std::string, double>{1, "x", 2.5});
    expect_round_trip(std::pair<bool, std::string>{true, "y"});
    expect_round_trip(std::optional<std::string>{"there"});
    expect_round_trip(std::optional<std::string>{});
    expect_round_trip(std::variant<int, std::string>{"second"});
    expect_round_trip(std::filesystem::path("/a/b"));
    expect_round_trip(std::chrono::nanoseconds(17));
    expect_round_trip(std::make_error_code(std::errc::timed_out));
    expect_round_trip(point{3, "name", {1, 2}});
    expect_round_trip(std::vector<point>{{1, "a", {}}, {2, "b", {5}}});
}

TEST(byte_archive, an_error_code_of_an_unknown_category_keeps_name_value_and_message) {
    const std::error_code code = make_error_code("weather", 3, "it rains");
    const auto back = decode<std::error_code>(encode(code).bytes());
    EXPECT_EQ(back.category().name(), std::string("weather"));
    EXPECT_EQ(back.value(), 3);
    EXPECT_EQ(back.message(), "it rains");
}

TEST(byte_archive, messages_of_unknown_categories_do_not_add_up_for_ever) {
    for (int value = 0; value != 10'000; ++value)
        EXPECT_EQ(make_error_code("lottery", value, "a number").value(), value);
    EXPECT_EQ(make_error_code("lottery", 1, "a number").message(), "a number");
    EXPECT_EQ(make_error_code("lottery", 9'999, "a number").message(), "lottery:9999");
}

TEST(byte_archive, left_over_bytes_are_refused) {
    byte_buffer bytes = encode(42);
    bytes.append("x", 1);
    EXPECT_THROW(decode<int>(bytes.bytes()), archive_error);
}

TEST(byte_archive, a_bool_is_0_or_1) {
    for (int value = 0; value != 256; ++value) {
        const auto byte = static_cast<std::byte>(value);
        if (value < 2) EXPECT_EQ(decode<bool>({&byte, 1}), value == 1);
        else EXPECT_THROW(decode<bool>({&byte, 1}), archive_error) << value;
    }
}

TEST(byte_archive, every_value_takes_a_byte_so_that_counts_can_be_checked) {
    EXPECT_GE(encode(empty_class{}).size(), 1u);
    EXPECT_GE(encode(silent{}).size(), 1u);
    EXPECT_GE(encode(std::tuple<>{}).size(), 1u);
    EXPECT_EQ(decode<std::vector<silent>>(encode(std::vector<silent>(5)).bytes()).size(), 5u);
}

/// A declared size in front of a few bytes.
byte_buffer hostile(std::uint64_t size, std::size_t bytes_behind) {
    byte_buffer out;
    out.append(&size, sizeof size);
    const std::string zeros(bytes_behind, '\0');
    out.append(zeros.data(), zeros.size());
    return out;
}

template <class Container>
void expect_small_for_hostile_sizes() {
    using allocator = counting_allocator<typename Container::value_type>;
    for (const std::uint64_t size : {std::uint64_t{100}, std::uint64_t{1} << 29, std::uint64_t{1} << 40, std::uint64_t{1} << 61,
                                     (std::uint64_t{1} << 61) + 1, ~std::uint64_t{0} / 8, ~std::uint64_t{0}}) {
        allocator::largest() = 0;
        EXPECT_THROW(decode<Container>(hostile(size, 40).bytes()), archive_error) << size;
        EXPECT_LE(allocator::largest(), 10'000u) << size;
    }
}

TEST(byte_archive, hostile_sizes_allocate_nothing) {
    expect_small_for_hostile_sizes<std::vector<char, counting_allocator<char>>>();
    expect_small_for_hostile_sizes<std::vector<double, counting_allocator<double>>>();
    expect_small_for_hostile_sizes<std::vector<std::string, counting_allocator<std::string>>>();
    expect_small_for_hostile_sizes<std::vector<point, counting_allocator<point>>>();
    expect_small_for_hostile_sizes<std::vector<empty_class, counting_allocator<empty_class>>>();
    expect_small_for_hostile_sizes<std::list<int, counting_allocator<int>>>();
    expect_small_for_hostile_sizes<std::deque<int, counting_allocator<int>>>();
    expect_small_for_hostile_sizes<std::set<int, std::less<>, counting_allocator<int>>>();
    expect_small_for_hostile_sizes<std::vector<bool, counting_allocator<bool>>>();
    EXPECT_THROW(decode<std::string>(hostile(1u << 29, 3).bytes()), archive_error);
    EXPECT_THROW((decode<std::map<int, int>>(hostile(1u << 29, 3).bytes())), archive_error);
    EXPECT_THROW(decode<std::filesystem::path>(hostile(~std::uint64_t{0}, 3).bytes()), archive_error);
}

TEST(byte_archive, nesting_is_limited_on_both_sides) {
    const auto make = [](int depth) {
        chain top;
        for (int i = 0; i != depth; ++i) {
            auto below = std::make_unique<chain>();
            below->next = std::move(top.next);
            top.next = std::move(below);
        }
        return top;
    };
    const byte_buffer good = encode(make(max_nesting / 4));
    const chain back = decode<chain>(good.bytes());
    int depth = 0;
    for (const chain* c = back.next.get(); c != nullptr; c = c->next.get()) ++depth;
    EXPECT_EQ(depth, max_nesting / 4);
    const chain deep = make(2 * max_nesting);
    EXPECT_THROW(static_cast<void>(encode(deep)), archive_error);
    const std::string ones(400'000, '\1'); // "there is one more" four hundred thousand times
    EXPECT_THROW(decode<chain>(std::as_bytes(std::span(ones))), archive_error);
}

TEST(byte_archive, random_bytes_are_refused_or_give_a_value) {
    using everything = std::tuple<std::map<std::string, point>, std::optional<std::vector<std::string>>,
                                  std::variant<int, std::string, std::vector<bool>>, std::error_code, std::list<bool>>;
    std::mt19937_64 random(7);
    const byte_buffer good = encode(everything{{{"a", {1, "b", {2}}}}, {{"x", "y"}}, {"text"}, {}, {true, false}});
    for (int round = 0; round != 20'000; ++round) {
        std::vector<std::byte> bytes(good.bytes().begin(), good.bytes().end());
        for (int flips = 1 + static_cast<int>(random() % 3); flips != 0; --flips)
            bytes[random() % bytes.size()] = static_cast<std::byte>(random());
        if (random() % 4 == 0) bytes.resize(random() % bytes.size());
        try {
            static_cast<void>(decode<everything>(bytes));
        } catch (const std::exception&) { // refused; anything else would end the test
        }
    }
}

/// Writes `value` with borrowing allowed and puts the pieces together again.
template <class T>
std::pair<std::size_t, std::vector<std::byte>> encode_borrowing(const T& value) {
    byte_buffer flat;
    output_archive archive(flat);
    archive.allow_borrowing(true);
    archive(value);
    std::vector<std::byte> whole;
    std::size_t from = 0;
    const auto add = [&whole](const void* data, std::size_t size) {
        const auto* first = static_cast<const std::byte*>(data);
        whole.insert(whole.end(), first, first + size);
    };
    for (const borrowed_piece& piece : archive.borrowed()) {
        add(flat.data() + from, piece.at - from);
        add(piece.data, piece.size);
        from = piece.at;
    }
    add(flat.data() + from, flat.size() - from);
    return {archive.borrowed().size(), std::move(whole)};
}

template <class T>
void expect_borrowed(const T& value, std::size_t pieces) {
    const auto [borrowed, whole] = encode_borrowing(value);
    EXPECT_EQ(borrowed, pieces);
    const byte_buffer copied = encode(value);
    EXPECT_TRUE(std::equal(whole.begin(), whole.end(), copied.bytes().begin(), copied.bytes().end()));
    EXPECT_TRUE(decode<T>(whole) == value);
}

TEST(byte_archive, large_contiguous_data_is_borrowed_and_small_is_copied) {
    const std::string small = test::random_text(borrow_threshold - 1);
    const std::string large = test::random_text(borrow_threshold);
    const std::vector<double> doubles = test::random_doubles(20'000);
    expect_borrowed(small, 0);
    expect_borrowed(large, 1);
    expect_borrowed(doubles, 1);
    expect_borrowed(std::vector<std::string>{small, large, "x", large}, 2);
    expect_borrowed(std::tuple<std::string, int, std::vector<double>>{large, 1, doubles}, 2);
    expect_borrowed(std::optional<std::string>{large}, 1);
}

TEST(byte_archive, below_a_serialize_function_nothing_is_borrowed) { // it may have archived a temporary
    expect_borrowed(point{1, test::random_text(100'000), test::random_doubles(20'000)}, 0);
    expect_borrowed(std::vector<point>{{1, test::random_text(100'000), {}}}, 0);
}

} // namespace
} // namespace penstock::detail

// SPDX-License-Identifier: MIT
// penstock::buffer: raw bytes that are copied neither where they leave nor where they arrive.
#include "support/payload.hpp"
#include "support/pool_test.hpp"
#include "tally.hpp"

#include <penstock/buffer.hpp>
#include <penstock/thread_pool.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace penstock::test {
namespace {

using detail::borrow_threshold;
using detail::byte_buffer;

TEST(buffer, owns_its_bytes_and_moves) {
    static_assert(!std::is_copy_constructible_v<buffer> && std::is_nothrow_move_assignable_v<buffer>);
    buffer one(std::string_view("some text"));
    const std::byte* there = one.data();
    buffer two = std::move(one);
    EXPECT_EQ(two.data(), there);
    EXPECT_EQ(two.text(), "some text");
    EXPECT_TRUE(one.empty());  // NOLINT: a moved buffer is empty
    EXPECT_EQ(one.data(), nullptr);
    one = std::move(two);
    EXPECT_EQ(one.text(), "some text");
    EXPECT_TRUE(two.empty());  // NOLINT
    one = buffer(3);
    EXPECT_EQ(one.size(), 3u);
    std::fill(one.begin(), one.end(), std::byte{'x'});
    EXPECT_EQ(one, buffer(std::string_view("xxx")));
    EXPECT_TRUE(buffer() == buffer(0));
}

/// The message as it arrives.
template <class T>
byte_buffer message_of(const T& value) {
    byte_buffer flat;
    detail::output_archive out(flat);
    out(value);
    return flat;
}
bool lies_in(const buffer& b, const std::byte* message, std::size_t size) {
    return b.data() >= message && b.data() + b.size() <= message + size;
}

TEST(buffer, is_borrowed_where_it_leaves) {
    const buffer large(borrow_threshold);
    const buffer small(borrow_threshold - 1);
    byte_buffer flat;
    detail::output_archive out(flat);
    out.allow_borrowing(true);
    out(small, large);
    ASSERT_EQ(out.borrowed().size(), 1u);
    EXPECT_EQ(out.borrowed().front().data, large.data());
}

TEST(buffer, takes_over_the_message_where_it_arrives) {
    using value = std::tuple<std::string, buffer, int>;
    byte_buffer message = message_of(value("before", buffer(random_text(borrow_threshold)), 17));
    const std::byte* there = message.data();
    const std::size_t size = message.size();
    std::optional<value> slot;
    detail::decode_result<value>(message.bytes(), &slot, &message);
    EXPECT_TRUE(lies_in(std::get<1>(*slot), there, size)) << "it was copied";
    EXPECT_TRUE(message.empty());
    EXPECT_TRUE(std::get<1>(*slot).text() == random_text(borrow_threshold));
    EXPECT_EQ(std::get<0>(*slot), "before");
    EXPECT_EQ(std::get<2>(*slot), 17) << "what lies behind it is read after the memory was given away";
}

TEST(buffer, does_not_keep_a_large_message_for_the_sake_of_a_part) {
    using value = std::vector<buffer>;
    value three;
    for (int i = 0; i != 3; ++i) three.emplace_back(random_text(borrow_threshold));
    byte_buffer message = message_of(three);
    std::optional<value> slot;
    detail::decode_result<value>(message.bytes(), &slot, &message);
    EXPECT_FALSE(message.empty());
    EXPECT_TRUE(*slot == three);
}

TEST(buffer, two_in_one_message_do_not_share_it) {
    using value = std::pair<buffer, buffer>;
    const value two{buffer(random_text(200'000, 1)), buffer(random_text(200'000 - 64, 2))};
    byte_buffer message = message_of(two);
    std::optional<value> slot;
    detail::decode_result<value>(message.bytes(), &slot, &message);
    EXPECT_TRUE(*slot == two);
}

TEST(buffer, of_hostile_size_is_refused) {
    byte_buffer message = message_of(~std::uint64_t{0} / 2);
    std::optional<buffer> slot;
    EXPECT_THROW(detail::decode_result<buffer>(message.bytes(), &slot, &message), payload_error);
}

buffer reversed(buffer given) {
    std::reverse(given.begin(), given.end());
    return given;
}
std::size_t length(const buffer& given) { return given.size(); }
std::map<std::string, buffer> named(std::string_view name, buffer given) {
    std::map<std::string, buffer> all;
    all.emplace(name, std::move(given));
    return all;
}

/// The first attempt dies with the bytes in its hands.
buffer fail_once(const std::string& attempts, buffer given) {
    tally::mark(attempts);
    if (std::filesystem::file_size(attempts) == 1) ::raise(SIGKILL);
    return given;
}

template <class Pool>
void expect_buffers_to_cross(Pool& pool) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4'000}, borrow_threshold - 1,
                                   borrow_threshold, std::size_t{1'000'000}, std::size_t{8'000'001}}) {
        const std::string text = random_text(size, 3);
        buffer given(text);
        auto back = pool.submit(reversed, std::move(given));
        EXPECT_TRUE(given.empty());  // NOLINT: it was given away
        EXPECT_TRUE(outcome_of(back).text() == std::string(text.rbegin(), text.rend())) << size;
        const buffer kept(text);
        EXPECT_EQ(outcome_of(pool.submit(length, kept)), size);
        EXPECT_EQ(kept.size(), size);
        EXPECT_TRUE(outcome_of(pool.submit(named, "its name", buffer(text))).at("its name").text() == text)
            << size;
    }
}

class process_pool_buffer : public pool_test {};

TEST_F(process_pool_buffer, crosses_at_any_size) {
    process_pool pool{{.workers = 2}};
    expect_buffers_to_cross(pool);
}

/// Memory of its own begins where malloc's blocks do; a message that was taken over has the eight bytes of the size
/// before.
std::size_t bytes_behind_a_block(const buffer& b) {
    return reinterpret_cast<std::uintptr_t>(b.data()) % alignof(std::max_align_t);
}
std::size_t bytes_behind_a_block_there(buffer b) { return bytes_behind_a_block(b); }

TEST_F(process_pool_buffer, is_copied_on_neither_side) {
    process_pool pool{{.workers = 1}};
    static_assert(alignof(std::max_align_t) == 16);
    EXPECT_EQ(bytes_behind_a_block(buffer(1'000'000)), 0u);
    static_cast<void>(outcome_of(pool.submit(
        bytes_behind_a_block_there, buffer(1))));  // from now on the name of the function does not travel
    EXPECT_EQ(outcome_of(pool.submit(bytes_behind_a_block_there, buffer(1'000'000))), 8u)
        << "the argument was copied";
    EXPECT_EQ(bytes_behind_a_block(outcome_of(pool.submit(reversed, buffer(1'000'000)))), 8u)
        << "the result was copied";
}

TEST_F(process_pool_buffer, is_sent_again_for_another_attempt) {
    const tally attempts;
    process_pool pool{{.workers = 1}};
    auto back = pool.submit({.retry = {.max_attempts = 2}}, fail_once, attempts.path(),
                            buffer(random_text(1'000'000)));
    EXPECT_TRUE(outcome_of(back).text() == random_text(1'000'000));
}

TEST_F(process_pool_buffer, serves_threads_too) {
    thread_pool pool{{.workers = 2}};
    for (const std::size_t size : {std::size_t{0}, std::size_t{1'000'000}}) {
        buffer given(random_text(size));
        const std::byte* there = given.data();
        buffer back = outcome_of(pool.submit([](buffer b) { return b; }, std::move(given)));
        EXPECT_EQ(back.data(), there) << "it was copied";
    }
}

}  // namespace
}  // namespace penstock::test

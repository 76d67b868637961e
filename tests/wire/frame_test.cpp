// SPDX-License-Identifier: MIT
// Frames out of a writer and into a reader through a fake descriptor: every size around the limits, in pieces of every
// size, damaged, and longer than 32 bits can say.
#include "wire/frame_reader.hpp"
#include "wire/frame_writer.hpp"

#include "support/payload.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace penstock::wire {
namespace {

constexpr std::uint64_t key = 0x1122334455667788u;
constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();
constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

using bytes = std::vector<std::byte>;

bytes content(std::size_t size, std::uint64_t seed) {
    bytes made(size);
    test::fill(made.data(), size, seed);
    return made;
}

/// What the writer writes when each call takes at most `most` bytes.
bytes drain(frame_writer& writer, std::size_t most) {
    bytes out;
    while (!writer.done()) {
        std::size_t taken = 0;
        for (const iovec& part : writer.remaining(3)) {
            const auto* from = static_cast<const std::byte*>(part.iov_base);
            const std::size_t step = std::min(most - taken, part.iov_len);
            out.insert(out.end(), from, from + step);
            taken += step;
        }
        writer.advance(taken);
    }
    return out;
}

bytes frame(std::uint64_t task, const bytes& body, frame_kind kind = frame_kind::value) {
    frame_writer writer;
    writer.start(make_head(key, kind, 5, task, body.size()), {}, body, {});
    return drain(writer, mib);
}

struct received_frame {
    frame_head head;
    bytes body;
};

/// Feeds a reader in pieces of at most `most` bytes and takes whatever is complete.
std::vector<received_frame> feed(frame_reader& reader, const bytes& stream, std::size_t most) {
    std::vector<received_frame> all;
    for (std::size_t at = 0; at != stream.size() && reader.damage().empty();) {
        const std::span<std::byte> into = reader.writable();
        EXPECT_FALSE(into.empty());
        const std::size_t step = std::min({most, into.size(), stream.size() - at});
        std::memcpy(into.data(), stream.data() + at, step);
        reader.received(step);
        at += step;
        while (auto next = reader.next()) {
            const auto body = next->bytes();
            all.push_back({next->head, bytes(body.begin(), body.end())});
        }
    }
    return all;
}

TEST(frame, looks_as_the_worked_example_says) {
    const bytes out = frame(7, content(1'000, 1), frame_kind::task);
    ASSERT_EQ(out.size(), 1'024u);
    frame_writer writer;
    writer.start(make_head(key, frame_kind::task, 3, 7, 1'000), {}, {}, {});
    const auto head = writer.remaining(1)[0];
    ASSERT_EQ(head.iov_len, 24u);
    const std::array<unsigned char, 20> expected{2, 3, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0xe8, 3, 0, 0, 0, 0, 0, 0};
    EXPECT_EQ(std::memcmp(static_cast<const char*>(head.iov_base) + 4, expected.data(), expected.size()), 0);
}

TEST(frame, kind_tag_task_and_length_arrive) {
    for (const std::uint32_t tag : {0u, 1u, 77u, max_tag}) {
        const frame_head head = make_head(key, frame_kind::undecodable, tag, no_limit, 12);
        EXPECT_EQ(head.kind(), frame_kind::undecodable);
        EXPECT_EQ(head.tag(), tag);
        EXPECT_EQ(head.task, no_limit);
        EXPECT_EQ(head.check, frame_check(key, head));
    }
}

class frame_sizes : public testing::TestWithParam<std::size_t> {};

TEST_P(frame_sizes, arrive_whole_in_pieces_of_every_size) {
    const bytes body = content(GetParam(), 3);
    bytes stream = frame(1, body);
    const bytes second = frame(2, content(10, 4)); // nothing of it may be swallowed
    stream.insert(stream.end(), second.begin(), second.end());
    for (const std::size_t most : {7ul, 24ul, 4'096ul, 65'536ul, 1'000'000ul, 100'000'000ul}) {
        frame_reader reader(key, no_limit);
        const auto got = feed(reader, stream, most);
        ASSERT_EQ(got.size(), 2u) << "pieces of " << most;
        EXPECT_EQ(got[0].head.task, 1u);
        EXPECT_TRUE(got[0].body == body) << "pieces of " << most;
        EXPECT_TRUE(got[1].body == content(10, 4)) << "pieces of " << most;
        EXPECT_FALSE(reader.partial());
    }
}

TEST_P(frame_sizes, are_written_whole_in_pieces_of_every_size) {
    const bytes flat = content(GetParam(), 3);
    const bytes prefix = content(30, 4);
    const bytes piece = content(70'000, 5);
    const std::size_t middle = flat.size() / 2;
    const std::vector<detail::borrowed_piece> borrowed{
        {0, piece.data(), 100}, {middle, piece.data(), 70'000}, {middle, piece.data(), 0}, {flat.size(), piece.data() + 1, 5}};
    bytes expected = prefix;
    const auto add = [&expected](const std::byte* from, std::size_t size) { expected.insert(expected.end(), from, from + size); };
    add(piece.data(), 100);
    add(flat.data(), middle);
    add(piece.data(), 70'000);
    add(flat.data() + middle, flat.size() - middle);
    add(piece.data() + 1, 5);
    for (const std::size_t most : {1'000ul, 65'536ul, 100'000'000ul}) {
        frame_writer writer;
        writer.start(make_head(key, frame_kind::task, 0, 1, expected.size()), prefix, flat, borrowed);
        const bytes out = drain(writer, most);
        ASSERT_EQ(out.size(), 24 + expected.size());
        EXPECT_TRUE(std::equal(expected.begin(), expected.end(), out.begin() + 24)) << "pieces of " << most;
    }
}

INSTANTIATE_TEST_SUITE_P(around_the_limits, frame_sizes,
                         testing::Values(0, 1, 23, 24, 25, 4'071, 4'072, 4'073, 32 * kib - 49, 32 * kib - 48, 32 * kib - 24,
                                         32 * kib - 23, 32 * kib, 64 * kib - 25, 64 * kib - 24, 64 * kib - 23, 64 * kib,
                                         64 * kib + 1, mib - 1, mib, mib + 1, 5 * mib + 3),
                         [](const auto& each) { return std::to_string(each.param); });

TEST(frame, arrives_byte_by_byte) {
    bytes stream;
    std::vector<bytes> bodies;
    for (const std::size_t size : {0ul, 1ul, 100ul, 33'000ul, 70'000ul}) {
        bodies.push_back(content(size, size));
        const bytes one = frame(size, bodies.back());
        stream.insert(stream.end(), one.begin(), one.end());
    }
    frame_reader reader(key, no_limit);
    const auto got = feed(reader, stream, 1);
    ASSERT_EQ(got.size(), bodies.size());
    for (std::size_t i = 0; i != got.size(); ++i) EXPECT_TRUE(got[i].body == bodies[i]);
}

TEST(frame, many_arrive_in_random_pieces) {
    std::mt19937 random(1);
    bytes stream;
    std::vector<bytes> bodies;
    for (std::uint64_t i = 0; i != 400; ++i) {
        bodies.push_back(content(i % 20 == 7 ? random() % 200'000 : random() % 3'000, i));
        const bytes one = frame(i, bodies.back());
        stream.insert(stream.end(), one.begin(), one.end());
    }
    frame_reader reader(key, no_limit);
    std::vector<received_frame> got;
    for (std::size_t at = 0; at != stream.size();) {
        const std::size_t size = std::min<std::size_t>(1 + random() % 150'000, stream.size() - at);
        const auto at_iterator = stream.begin() + static_cast<std::ptrdiff_t>(at);
        const bytes piece(at_iterator, at_iterator + static_cast<std::ptrdiff_t>(size));
        for (auto& each : feed(reader, piece, 1 + random() % 80'000)) got.push_back(std::move(each));
        at += size;
    }
    ASSERT_EQ(got.size(), bodies.size());
    for (std::size_t i = 0; i != got.size(); ++i) {
        EXPECT_EQ(got[i].head.task, i);
        EXPECT_TRUE(got[i].body == bodies[i]);
    }
}

TEST(frame, says_when_it_is_in_the_middle) {
    const bytes stream = frame(1, content(100'000, 1));
    frame_reader reader(key, no_limit);
    EXPECT_FALSE(reader.partial());
    feed(reader, bytes(stream.begin(), stream.begin() + 10), 10);
    EXPECT_TRUE(reader.partial());
    EXPECT_FALSE(reader.body_under_way());
    feed(reader, bytes(stream.begin() + 10, stream.end() - 1), mib);
    EXPECT_TRUE(reader.partial());
    EXPECT_TRUE(reader.body_under_way());
    EXPECT_EQ(feed(reader, bytes(stream.end() - 1, stream.end()), mib).size(), 1u);
    EXPECT_FALSE(reader.partial());
}

TEST(frame, with_any_bit_of_its_head_flipped_is_damage) {
    const bytes good = frame(123'456, content(50, 1));
    for (std::size_t bit = 0; bit != 24 * 8; ++bit) {
        bytes stream = good;
        stream[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
        frame_reader reader(key, no_limit);
        EXPECT_TRUE(feed(reader, stream, mib).empty()) << "bit " << bit;
        EXPECT_FALSE(reader.damage().empty()) << "bit " << bit;
        EXPECT_FALSE(reader.next());
    }
}

TEST(frame, of_another_key_is_damage_and_stays_so) {
    frame_reader reader(key + 1, no_limit);
    EXPECT_TRUE(feed(reader, frame(1, content(5, 1)), mib).empty());
    EXPECT_FALSE(reader.damage().empty());
    reader.set_key(key, no_limit);
    EXPECT_FALSE(reader.next());
}

TEST(frame, random_bytes_are_damage) {
    for (std::uint64_t seed = 0; seed != 2'000; ++seed) {
        frame_reader reader(key, no_limit);
        EXPECT_TRUE(feed(reader, content(64, seed * 1'000), mib).empty());
        EXPECT_FALSE(reader.damage().empty());
    }
}

TEST(frame, garbage_after_a_frame_leaves_the_frame_intact) {
    bytes stream = frame(1, content(5, 1));
    const bytes garbage = content(100, 9);
    stream.insert(stream.end(), garbage.begin(), garbage.end());
    frame_reader reader(key, no_limit);
    EXPECT_EQ(feed(reader, stream, mib).size(), 1u);
    EXPECT_FALSE(reader.damage().empty());
}

TEST(frame, garbage_between_frames_can_be_skipped_however_it_comes) {
    for (const std::size_t length : {1u, 23u, 24u, 25u, 5'000u, 70'000u}) {
        bytes stream = frame(1, content(5, 1));
        const bytes garbage = content(length, length);
        stream.insert(stream.end(), garbage.begin(), garbage.end());
        for (const bytes& next : {frame(2, content(40'000, 2)), frame(3, content(0, 3))}) stream.insert(stream.end(), next.begin(), next.end());
        for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, mib}) {
            frame_reader reader(key, no_limit);
            std::vector<std::uint64_t> seen;
            for (std::size_t at = 0; at != stream.size();) {
                const std::span<std::byte> into = reader.writable();
                const std::size_t count = std::min({into.size(), piece, stream.size() - at});
                std::memcpy(into.data(), stream.data() + at, count);
                reader.received(count);
                at += count;
                for (;;) {
                    while (const auto next = reader.next()) seen.push_back(next->head.task);
                    if (reader.damage().empty()) break;
                    reader.skip_damage();
                }
            }
            EXPECT_EQ(seen, (std::vector<std::uint64_t>{1, 2, 3})) << length << " bytes of garbage, " << piece << " at a time";
        }
    }
}

TEST(frame, over_the_limit_is_damage_that_names_both_numbers) {
    const bytes body = content(1'001, 1);
    frame_reader reader(key, 1'000);
    EXPECT_EQ(feed(reader, frame(1, content(1'000, 1)), mib).size(), 1u);
    EXPECT_TRUE(feed(reader, frame(2, body), mib).empty());
    EXPECT_NE(reader.damage().find("1001"), std::string::npos) << reader.damage();
    EXPECT_NE(reader.damage().find("1000"), std::string::npos) << reader.damage();
}

// The head says 16 TiB. Room is made for what came, never for what was announced.
TEST(frame, memory_follows_the_bytes_received) {
    for (const std::uint64_t declared : {std::uint64_t{5} << 30, std::uint64_t{1} << 44, no_limit}) {
        const frame_head head = make_head(key, frame_kind::value, 0, 1, declared);
        bytes stream(sizeof head);
        std::memcpy(stream.data(), &head, sizeof head);
        frame_reader reader(key, no_limit);
        feed(reader, stream, mib);
        std::size_t received = 0;
        while (received < 40 * mib) {
            const std::span<std::byte> into = reader.writable();
            ASSERT_FALSE(into.empty());
            ASSERT_LE(into.size(), std::max(received, mib)) << "after " << received << " of " << declared;
            const std::size_t step = std::min(into.size(), 300'000ul);
            std::memset(into.data(), 1, step);
            reader.received(step);
            received += step;
            ASSERT_FALSE(reader.next());
        }
        EXPECT_TRUE(reader.body_under_way());
        EXPECT_TRUE(reader.damage().empty());
    }
}

TEST(frame, longer_than_32_bits_is_written_to_its_end) {
    const bytes block = content(64 * mib, 1);
    std::vector<detail::borrowed_piece> pieces(80, {8, block.data(), block.size()}); // 5 GiB, all the same block
    const bytes flat = content(16, 2);
    const std::uint64_t length = 16 + 80 * std::uint64_t{64 * mib};
    ASSERT_GT(length, std::uint64_t{1} << 32);
    frame_writer writer;
    writer.start(make_head(key, frame_kind::task, 0, 1, length), {}, flat, pieces);
    std::mt19937_64 random(1);
    std::uint64_t written = 0;
    while (!writer.done()) {
        const auto parts = writer.remaining();
        ASSERT_LE(parts.size(), 64u);
        std::size_t offered = 0;
        for (const iovec& part : parts) offered += part.iov_len;
        const std::uint64_t body = written - std::min<std::uint64_t>(written, 32); // 24 of the head and 8 flat ones
        if (written >= 32 && body < 80 * std::uint64_t{64 * mib}) {
            ASSERT_EQ(parts[0].iov_base, block.data() + body % block.size()) << "at " << written;
        }
        const std::size_t taken = std::min<std::size_t>(offered, 1 + random() % 0x7ffff000); // what one writev takes at most
        writer.advance(taken);
        written += taken;
    }
    EXPECT_EQ(written, 24 + length);
}

TEST(frame, given_up_is_done) {
    const bytes body = content(100'000, 1);
    frame_writer writer;
    writer.start(make_head(key, frame_kind::task, 0, 1, body.size()), {}, body, {});
    writer.advance(1'000);
    writer.stop();
    EXPECT_TRUE(writer.done());
    EXPECT_TRUE(writer.remaining().empty());
    writer.start(make_head(key, frame_kind::task, 0, 2, body.size()), {}, body, {});
    EXPECT_EQ(drain(writer, mib).size(), 24 + body.size());
}

} // namespace
} // namespace penstock::wire

// SPDX-License-Identifier: MIT
// Fuzzes wire::frame_reader: any stream of bytes, in pieces of any size, gives the frames that a plain reading of the
// grammar gives, up to the first damage, and memory follows the bytes received. Behind damage it goes on at a real
// head.
//
// The input is a list of pieces: heads whose check is put in here (no fuzzer guesses a keyed hash), and raw bytes.
#include "fuzz/fuzzing.hpp"

#include "wire/frame_reader.hpp"

#include <algorithm>
#include <vector>

namespace penstock::fuzz {
namespace {

constexpr std::uint64_t key = 0x1122334455667788u;
using bytes = std::vector<std::byte>;

void append(bytes& stream, std::span<const std::byte> more) {
    stream.insert(stream.end(), more.begin(), more.end());
}

bytes make_stream(input& in) {
    bytes stream;
    while (!in.empty() && stream.size() < 300'000) {
        const auto what = in.number<std::uint8_t>();
        if (what % 4 == 0) {
            append(stream, in.take(what / 4));
        } else if (what % 4 == 1) {  // a long body, which no input holds
            stream.resize(stream.size() + std::size_t{what} * 512, std::byte{what});
        } else {
            const auto kind = in.number<std::uint8_t>();
            const auto tag = in.number<std::uint16_t>();
            const auto task = in.number<std::uint8_t>();
            const std::uint64_t length =
                what % 4 == 2 ? in.number<std::uint16_t>() : in.number<std::uint64_t>();
            const auto head = wire::make_head(key, static_cast<wire::frame_kind>(kind), tag, task, length);
            append(stream, std::as_bytes(std::span(&head, 1)));
        }
    }
    return stream;
}

/// The frames at the front of the stream, read in the simplest way.
class plain_reader {
public:
    plain_reader(std::span<const std::byte> stream, std::uint64_t limit) : left_(stream), limit_(limit) {}
    /// False at the end of what is complete, and at damage.
    bool next(wire::frame_head& head, std::span<const std::byte>& body) {
        if (damaged_ || left_.size() < sizeof head) return false;
        std::memcpy(&head, left_.data(), sizeof head);
        damaged_ = head.check != wire::frame_check(key, head) || head.length > limit_;
        if (damaged_ || head.length > left_.size() - sizeof head) return false;
        body = left_.subspan(sizeof head, static_cast<std::size_t>(head.length));
        left_ = left_.subspan(sizeof head + body.size());
        return true;
    }
    bool damaged() const { return damaged_; }

private:
    std::span<const std::byte> left_;
    std::uint64_t limit_;
    bool damaged_ = false;
};

void check_frame(const wire::frame_in& frame, plain_reader& plain) {
    wire::frame_head head;
    std::span<const std::byte> body;
    expect(plain.next(head, body), "there is such a frame");
    expect(std::memcmp(&head, &frame.head, sizeof head) == 0, "its head is the one that was sent");
    const auto got = frame.bytes();
    expect(std::equal(got.begin(), got.end(), body.begin(), body.end()), "its body is the one that was sent");
    expect(frame.large.capacity() <= 2 * got.size() + (1u << 20), "memory follows the bytes");
}

/// Hands over the next bytes, at most `step`; not to be called when nothing is left.
void feed(wire::frame_reader& reader, std::span<const std::byte>& left, std::size_t step) {
    const std::span<std::byte> into = reader.writable();
    expect(!into.empty(), "there is always room");
    const std::size_t count = std::min({into.size(), step, left.size()});
    std::memcpy(into.data(), left.data(), count);
    reader.received(count);
    left = left.subspan(count);
}

/// As a pool that lets a worker's noise pass.
void go_on(wire::frame_reader& reader, std::span<const std::byte> left, std::size_t step) {
    for (;;) {
        do {
            reader.skip_damage();
            while (const auto frame = reader.next()) {
                expect(frame->head.check == wire::frame_check(key, frame->head),
                       "what is found behind noise is a frame");
                expect(frame->bytes().size() == frame->head.length, "the whole of it");
            }
        } while (!reader.damage().empty());
        if (left.empty()) return;
        feed(reader, left, step);
    }
}

void run(input in) {
    const std::uint64_t limit = std::uint64_t{1} << (in.number<std::uint8_t>() % 64);
    const std::size_t step = std::size_t{1} << (in.number<std::uint8_t>() % 20);
    const bytes stream = make_stream(in);
    wire::frame_reader reader(key, limit);
    plain_reader plain(stream, limit);
    std::span<const std::byte> left(stream);
    while (!left.empty()) {
        feed(reader, left, step);
        while (const auto frame = reader.next()) check_frame(*frame, plain);
        if (!reader.damage().empty()) break;
    }
    wire::frame_head head;
    std::span<const std::byte> body;
    expect(!plain.next(head, body), "no frame is missing");
    expect(reader.damage().empty() != plain.damaged(), "damage is seen where it is");
    if (stream.size() <= 4096) go_on(reader, left, step);  // it looks at every byte of noise
}

}  // namespace
}  // namespace penstock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    penstock::fuzz::run({data, size});
    return 0;
}

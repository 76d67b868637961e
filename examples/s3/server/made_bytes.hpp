// SPDX-License-Identifier: MIT
// The bytes of a made object: a pure function of its key and the offset, so that a server stores nothing and a test
// knows what must arrive. They are one pseudo-random block, repeated, begun at a place that depends on the key. The
// block's length is a prime, so that a piece lost or swapped at a round offset shows. Header-only; any thread.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace s3_server {

inline constexpr std::size_t made_block_size = 1'048'573;

using made_block_bytes = std::array<std::byte, made_block_size>;

// SplitMix64: each call gives the next number of the series that begins with `state`.
inline std::uint64_t next_number(std::uint64_t& state) {
    state += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
}

// FNV-1a over the bytes of a text.
inline std::uint64_t number_of(std::string_view text) {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001B3U;
    return hash;
}

inline const made_block_bytes& made_block() {
    static const auto block = [] {
        auto bytes = std::make_unique<made_block_bytes>();
        std::uint64_t state = 20230517;
        for (std::size_t at = 0; at < made_block_size; at += sizeof state) {
            const std::uint64_t number = next_number(state);
            std::memcpy(bytes->data() + at, &number, std::min(sizeof number, made_block_size - at));
        }
        return bytes;
    }();
    return *block;
}

// The longest piece of the object's bytes that lies in one place of memory, from `offset` on, `most` bytes at most.
// It lives as long as the program.
inline std::span<const std::byte> made_piece(std::uint64_t key_number, std::uint64_t offset,
                                             std::size_t most) {
    const auto begin =
        static_cast<std::size_t>((key_number % made_block_size + offset % made_block_size) % made_block_size);
    return std::span(made_block()).subspan(begin, std::min(most, made_block_size - begin));
}

inline std::byte made_byte(std::string_view key, std::uint64_t offset) {
    return made_piece(number_of(key), offset, 1).front();
}

inline void fill_made_bytes(std::string_view key, std::uint64_t offset, std::span<std::byte> into) {
    const std::uint64_t number = number_of(key);
    while (!into.empty()) {
        const auto piece = made_piece(number, offset, into.size());
        std::ranges::copy(piece, into.begin());
        into = into.subspan(piece.size());
        offset += piece.size();
    }
}

// Takes an object's bytes as they arrive and tells whether they are the right ones, in order.
class made_checker {
public:
    explicit made_checker(std::string_view key, std::uint64_t offset = 0)
        : number_(number_of(key)), at_(offset) {}

    void add(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const auto expected = made_piece(number_, at_, bytes.size());
            good_ = good_ && std::memcmp(expected.data(), bytes.data(), expected.size()) == 0;
            bytes = bytes.subspan(expected.size());
            at_ += expected.size();
        }
    }

    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] std::uint64_t reached() const { return at_; }

private:
    std::uint64_t number_;
    std::uint64_t at_;
    bool good_ = true;
};

// FNV-1a over bytes, fed piece by piece: for a test that carries one number from a worker.
class byte_checksum {
public:
    void add(std::span<const std::byte> bytes) {
        for (const std::byte one : bytes) sum_ = (sum_ ^ static_cast<std::uint64_t>(one)) * 0x100000001B3U;
    }
    [[nodiscard]] std::uint64_t value() const { return sum_; }

private:
    std::uint64_t sum_ = 0xCBF29CE484222325U;
};

inline std::uint64_t made_checksum(std::string_view key, std::uint64_t size) {
    const std::uint64_t number = number_of(key);
    byte_checksum sum;
    for (std::uint64_t at = 0; at < size;) {
        const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(size - at, made_block_size));
        const auto piece = made_piece(number, at, most);
        sum.add(piece);
        at += piece.size();
    }
    return sum.value();
}

}  // namespace s3_server

// SPDX-License-Identifier: MIT
// Large data that can be checked word by word.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace penstock::bench {

inline constexpr std::size_t payload_bytes = std::size_t{64} << 20;
inline constexpr std::size_t payload_words = payload_bytes / sizeof(std::uint64_t);

inline constexpr std::uint64_t payload_word(std::size_t index, std::uint64_t seed) {
    return (index + seed) * 0x9e3779b97f4a7c15u;
}

inline void fill_payload(std::span<std::uint64_t> words, std::uint64_t seed) {
    for (std::size_t i = 0; i != words.size(); ++i) words[i] = payload_word(i, seed);
}

inline bool is_payload(std::span<const std::uint64_t> words, std::uint64_t seed) {
    if (words.size() != payload_words) return false;
    for (std::size_t i = 0; i != words.size(); ++i)
        if (words[i] != payload_word(i, seed)) return false;
    return true;
}

inline double gigabytes_per_second(double seconds) {
    return static_cast<double>(payload_bytes) / seconds / 1e9;
}

}  // namespace penstock::bench

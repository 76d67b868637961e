// SPDX-License-Identifier: MIT
// Content that looks random and is the same for the same seed, so that every byte of an echo can be checked.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace penstock::test {

inline std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

inline void fill(void* to, std::size_t size, std::uint64_t seed) {
    auto* out = static_cast<unsigned char*>(to);
    for (std::size_t done = 0; done < size; done += sizeof(std::uint64_t)) {
        const std::uint64_t word = mix(seed + done);
        std::memcpy(out + done, &word, size - done < sizeof word ? size - done : sizeof word);
    }
}

inline std::string random_text(std::size_t size, std::uint64_t seed = 1) {
    std::string text(size, '\0');
    fill(text.data(), size, seed);
    return text;
}

/// Whole numbers in doubles: every bit pattern compares equal to itself.
inline std::vector<double> random_doubles(std::size_t count, std::uint64_t seed = 1) {
    std::vector<double> values(count);
    for (std::size_t i = 0; i != count; ++i) values[i] = static_cast<double>(mix(seed + i) >> 11);
    return values;
}

} // namespace penstock::test

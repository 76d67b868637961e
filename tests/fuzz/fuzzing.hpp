// SPDX-License-Identifier: MIT
// What the fuzzers share. Each is one function, LLVMFuzzerTestOneInput, in a file of its own: given any bytes it must
// come back, and an expectation that does not hold ends the program. libFuzzer calls it (./dev fuzz), or replay.cpp.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <type_traits>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace penstock::fuzz {

inline void expect(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "not so: %s\n", what);
    std::abort();
}

/// Takes the input apart from its front. At its end there are zeros.
class input {
public:
    input(const std::uint8_t* data, std::size_t size) : left_(std::as_bytes(std::span(data, size))) {}
    bool empty() const noexcept { return left_.empty(); }
    std::span<const std::byte> take(std::size_t size) {
        const auto taken = left_.first(size < left_.size() ? size : left_.size());
        left_ = left_.subspan(taken.size());
        return taken;
    }
    std::span<const std::byte> rest() { return take(left_.size()); }
    template <class T>
    T number() {
        static_assert(std::is_arithmetic_v<T>);
        T value{};
        const auto bytes = take(sizeof value);
        if (!bytes.empty()) std::memcpy(&value, bytes.data(), bytes.size());
        return value;
    }

private:
    std::span<const std::byte> left_;
};

}  // namespace penstock::fuzz

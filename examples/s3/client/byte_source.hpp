// SPDX-License-Identifier: MIT
// The bytes of a request's body. They are read at any offset, because they are read more than once: first for the
// signature's digest, then to be sent, and again when the request is repeated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace s3 {

class byte_source {
public:
    // Fills the front of `into` from that offset on and says how many bytes; 0 before the end is an error. May throw.
    using reader = std::function<std::size_t(std::uint64_t offset, std::span<std::byte> into)>;

    byte_source() = default;  // no bytes
    byte_source(std::uint64_t size, reader read);
    // The caller keeps the bytes alive until the operation has ended.
    [[nodiscard]] static byte_source view(std::span<const std::byte> bytes);
    [[nodiscard]] static byte_source of(std::string text);

    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    std::size_t read(std::uint64_t offset, std::span<std::byte> into) const;

private:
    std::uint64_t size_ = 0;
    reader read_;
};

}  // namespace s3

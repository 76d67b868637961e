// SPDX-License-Identifier: MIT
#include "client/byte_source.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

namespace s3 {
namespace {

std::size_t copy_from(std::span<const std::byte> bytes, std::uint64_t offset, std::span<std::byte> into) {
    const auto rest = bytes.subspan(static_cast<std::size_t>(std::min<std::uint64_t>(offset, bytes.size())));
    const std::size_t count = std::min(rest.size(), into.size());
    if (count != 0) std::memcpy(into.data(), rest.data(), count);
    return count;
}

}  // namespace

byte_source::byte_source(std::uint64_t size, reader read) : size_(size), read_(std::move(read)) {}

byte_source byte_source::view(std::span<const std::byte> bytes) {
    return {bytes.size(), [bytes](std::uint64_t offset, std::span<std::byte> into) {
                return copy_from(bytes, offset, into);
            }};
}

byte_source byte_source::of(std::string text) {
    const auto kept = std::make_shared<const std::string>(std::move(text));
    return {kept->size(), [kept](std::uint64_t offset, std::span<std::byte> into) {
                return copy_from(std::as_bytes(std::span(*kept)), offset, into);
            }};
}

std::size_t byte_source::read(std::uint64_t offset, std::span<std::byte> into) const {
    return read_ ? read_(offset, into) : 0;
}

}  // namespace s3

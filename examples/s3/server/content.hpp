// SPDX-License-Identifier: MIT
// The bytes of an object and their ETag. Immutable and shared: copies of an object refer to the same content. Any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace s3_server {

class content {
public:
    content() = default;
    virtual ~content() = default;
    content(const content&) = delete;
    content& operator=(const content&) = delete;

    [[nodiscard]] virtual std::uint64_t size() const = 0;
    // Bytes from `offset` on that lie in one place, at least one and at most `most`; they live as long as the content.
    [[nodiscard]] virtual std::span<const std::byte> piece(std::uint64_t offset, std::size_t most) const = 0;
    // Without quotes. The first call may take as long as hashing all bytes.
    [[nodiscard]] virtual std::string etag() const = 0;
};

using content_ptr = std::shared_ptr<const content>;

// A run of another content's bytes.
struct content_slice {
    content_ptr whole;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

// What made_bytes.hpp says for this key. The ETag is the MD5 up to `md5_up_to` bytes, and beyond that one of the
// form of a multipart upload's.
[[nodiscard]] content_ptr made_content(std::string_view key, std::uint64_t size, std::uint64_t md5_up_to);

// Bytes that somebody has sent, with their MD5 as the ETag.
[[nodiscard]] content_ptr stored_content(std::string bytes);

// Slices one after the other. An empty ETag: the MD5, computed at once.
[[nodiscard]] content_ptr joined_content(std::vector<content_slice> slices, std::string etag);

}  // namespace s3_server

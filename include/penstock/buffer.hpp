// SPDX-License-Identifier: MIT
// penstock::buffer: raw bytes that travel as they are, for images, files and other blobs.
//
//   penstock::buffer render(tile t);                                   // a task that fills a buffer
//   auto pixels = pool.submit(compress, std::move(image)).get();       // given away, not copied
//
// A large buffer (64 KiB or more) is copied neither when it is sent (as a result, or as an argument that was given
// away) nor when it arrives: it takes over the memory into which the pipe was read, where it makes up at least half
// of the message. A std::vector is copied once there, because it cannot take over memory.
//
// A value type: move-only, owns its bytes, one thread at a time. The bytes are not aligned for anything but bytes; use
// memcpy to read numbers out of them. Failure: std::bad_alloc.
#pragma once

#include <penstock/detail/byte_buffer.hpp>

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

namespace penstock {

class buffer {
public:
    buffer() noexcept = default;
    /// Room for `size` bytes; they hold whatever was there.
    explicit buffer(std::size_t size) : size_(size) {
        storage_.resize_uninitialized(size);
        first_ = storage_.data();
    }
    /// A copy of these bytes.
    explicit buffer(std::span<const std::byte> bytes) : buffer(bytes.size()) {
        if (size_ != 0) std::memcpy(first_, bytes.data(), size_);
    }
    explicit buffer(std::string_view text) : buffer(std::as_bytes(std::span(text))) {}
    buffer(buffer&& other) noexcept
        : storage_(std::move(other.storage_)), first_(std::exchange(other.first_, nullptr)),
          size_(std::exchange(other.size_, 0)) {}
    buffer& operator=(buffer&& other) noexcept {
        buffer taken(std::move(other));
        std::swap(storage_, taken.storage_);
        std::swap(first_, taken.first_);
        std::swap(size_, taken.size_);
        return *this;
    }

    std::byte* data() noexcept { return first_; }
    const std::byte* data() const noexcept { return first_; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    std::byte* begin() noexcept { return first_; }
    std::byte* end() noexcept { return first_ + size_; }
    const std::byte* begin() const noexcept { return first_; }
    const std::byte* end() const noexcept { return first_ + size_; }
    std::span<std::byte> bytes() noexcept { return {first_, size_}; }
    std::span<const std::byte> bytes() const noexcept { return {first_, size_}; }
    /// The same bytes as characters.
    std::string_view text() const noexcept { return {reinterpret_cast<const char*>(first_), size_}; }

    friend bool operator==(const buffer& a, const buffer& b) noexcept { return a.text() == b.text(); }

    /// For penstock's own use: the bytes of `storage` from `at` on.
    buffer(detail::byte_buffer storage, std::size_t at, std::size_t size) noexcept
        : storage_(std::move(storage)), first_(storage_.data() + at), size_(size) {}

private:
    detail::byte_buffer storage_;
    std::byte* first_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace penstock

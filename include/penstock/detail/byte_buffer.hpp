// SPDX-License-Identifier: MIT
// A growable run of bytes that are never zero-filled. std::vector<std::byte> would touch every page twice: once to
// clear it and once to receive a payload. One owner at a time; move-only; throws std::bad_alloc when memory is short.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>
#include <utility>

namespace penstock::detail {

/// From so many bytes on it is worth a system call to say that memory will be filled.
inline constexpr std::size_t large_memory = 4u << 20;
/// Fresh memory that is about to be filled: where the kernel has large pages for it, each fault brings one of these.
void prepare_large_memory(void* memory, std::size_t size) noexcept;

class byte_buffer {
public:
    byte_buffer() noexcept = default;
    byte_buffer(byte_buffer&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)) {}
    byte_buffer& operator=(byte_buffer&& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
        return *this;
    }
    byte_buffer(const byte_buffer&) = delete;
    byte_buffer& operator=(const byte_buffer&) = delete;
    ~byte_buffer() { std::free(data_); }

    std::byte* data() noexcept { return data_; }
    const std::byte* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    std::size_t capacity() const noexcept { return capacity_; }
    bool empty() const noexcept { return size_ == 0; }
    std::span<const std::byte> bytes() const noexcept { return {data_, size_}; }
    void clear() noexcept { size_ = 0; }

    /// Makes room for `capacity` bytes in all; realloc lets the kernel move large pages instead of copying them.
    void reserve(std::size_t capacity) {
        if (capacity <= capacity_) return;
        void* grown = std::realloc(data_, capacity);
        if (grown == nullptr) throw std::bad_alloc{};
        data_ = static_cast<std::byte*>(grown);
        capacity_ = capacity;
        if (capacity >= large_memory) prepare_large_memory(data_, capacity);
    }
    /// Sets the size; new bytes hold whatever was there.
    void resize_uninitialized(std::size_t size) {
        reserve(size);
        size_ = size;
    }
    /// Room for `extra` more bytes at the end, growing by doubling; the size does not change.
    void make_room(std::size_t extra) {
        if (extra > capacity_ - size_) grow(extra);
    }
    void append(const void* from, std::size_t count) {
        make_room(count);
        if (count != 0) std::memcpy(data_ + size_, from, count); // memcpy from null is undefined even for 0 bytes
        size_ += count;
    }

private:
    void grow(std::size_t extra) {
        if (extra > static_cast<std::size_t>(-1) - size_) throw std::bad_alloc{};
        const std::size_t needed = size_ + extra;
        const std::size_t doubled = capacity_ > static_cast<std::size_t>(-1) / 2 ? needed : capacity_ * 2;
        reserve(needed > doubled ? needed : (doubled < 256 ? 256 : doubled));
    }

    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace penstock::detail

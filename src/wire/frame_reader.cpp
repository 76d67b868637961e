// SPDX-License-Identifier: MIT
#include "wire/frame_reader.hpp"

#include <algorithm>
#include <cstring>

namespace penstock::wire {

namespace {
constexpr std::size_t buffer_size = 64 * 1024;
constexpr std::size_t first_piece = 1024 * 1024; // how much memory a declared length is worth before bytes arrive
} // namespace

std::span<std::byte> frame_reader::writable() {
    if (in_large_) {
        if (large_.size() == large_.capacity()) {
            const std::uint64_t left = large_head_.length - large_.size();
            large_.reserve(large_.size() + static_cast<std::size_t>(std::min<std::uint64_t>(left, large_.size())));
        }
        const auto wanted = std::min<std::uint64_t>(large_.capacity(), large_head_.length) - large_.size();
        return {large_.data() + large_.size(), static_cast<std::size_t>(wanted)};
    }
    buffer_.reserve(buffer_size);
    if (begin_ != 0) { // what is left is the front part of one small frame
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    return {buffer_.data() + end_, buffer_.capacity() - end_};
}

void frame_reader::received(std::size_t count) noexcept {
    if (in_large_) large_.resize_uninitialized(large_.size() + count); // stays within its capacity
    else end_ += count;
}

std::optional<frame_in> frame_reader::next() {
    if (!damage_.empty()) return std::nullopt;
    if (in_large_) {
        if (large_.size() != large_head_.length) return std::nullopt;
        in_large_ = false;
        return frame_in{large_head_, {}, std::move(large_)};
    }
    if (end_ - begin_ < sizeof(frame_head)) return std::nullopt;
    const frame_head head = head_at_begin();
    if (!accept(head)) return std::nullopt;
    const std::size_t there = end_ - begin_ - sizeof head;
    if (head.length > there) {
        if (head.length > buffer_size / 2 - sizeof head) start_large(head);
        return std::nullopt;
    }
    const auto length = static_cast<std::size_t>(head.length);
    frame_in frame{head, {buffer_.data() + begin_ + sizeof head, length}, {}};
    begin_ += sizeof head + length;
    return frame;
}

frame_head frame_reader::head_at_begin() const noexcept {
    frame_head head;
    std::memcpy(&head, buffer_.data() + begin_, sizeof head);
    return head;
}

void frame_reader::skip_damage() noexcept {
    if (damage_.empty()) return;
    damage_.clear();
    const auto is_noise = [this] {
        const frame_head head = head_at_begin();
        return head.check != frame_check(key_, head) || head.length > max_length_;
    };
    do ++begin_;
    while (end_ - begin_ >= sizeof(frame_head) && is_noise());
}

bool frame_reader::accept(const frame_head& head) {
    if (head.check != frame_check(key_, head)) damage_ = "bytes that are not a frame";
    else if (head.length > max_length_)
        damage_ = "a frame of " + std::to_string(head.length) + " bytes where max_payload allows " + std::to_string(max_length_);
    return damage_.empty();
}

void frame_reader::start_large(const frame_head& head) {
    const std::size_t there = end_ - begin_ - sizeof head;
    large_ = {};
    const std::uint64_t at_once = trusts_lengths_ ? head.length : std::min<std::uint64_t>(head.length, first_piece);
    large_.reserve(std::max(there, static_cast<std::size_t>(at_once)));
    large_.append(buffer_.data() + begin_ + sizeof head, there);
    large_head_ = head;
    in_large_ = true;
    begin_ = end_ = 0;
}

} // namespace penstock::wire

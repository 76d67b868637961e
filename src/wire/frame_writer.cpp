// SPDX-License-Identifier: MIT
#include "wire/frame_writer.hpp"

#include <algorithm>

namespace penstock::wire {

void frame_writer::start(const frame_head& head, std::span<const std::byte> prefix, std::span<const std::byte> flat,
                         std::span<const detail::borrowed_piece> borrowed) {
    head_ = head;
    parts_.clear();
    next_ = 0;
    parts_.reserve(3 + 2 * borrowed.size()); // or nothing is begun
    add(&head_, sizeof head_);
    add(prefix.data(), prefix.size());
    std::size_t from = 0;
    for (const auto& piece : borrowed) {
        add(flat.data() + from, piece.at - from);
        add(piece.data, piece.size);
        from = piece.at;
    }
    add(flat.data() + from, flat.size() - from);
}

void frame_writer::add(const void* data, std::size_t size) {
    if (size != 0) parts_.push_back({const_cast<void*>(data), size}); // iovec serves readv too, hence not const
}

std::span<const iovec> frame_writer::remaining(std::size_t limit) const noexcept {
    return {parts_.data() + next_, std::min(limit, parts_.size() - next_)};
}

void frame_writer::advance(std::size_t count) noexcept {
    while (count != 0) {
        iovec& part = parts_[next_];
        const std::size_t step = std::min(count, part.iov_len);
        part.iov_base = static_cast<std::byte*>(part.iov_base) + step;
        part.iov_len -= step;
        count -= step;
        if (part.iov_len == 0) ++next_;
    }
}

} // namespace penstock::wire

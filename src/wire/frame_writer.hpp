// SPDX-License-Identifier: MIT
// A frame on its way out: a list of memory ranges and how far they have been written. It owns the head and nothing
// else; the ranges must stay alive until done(). One thread at a time.
#pragma once

#include "wire/frame.hpp"

#include <penstock/detail/byte_archive.hpp>

#include <sys/uio.h>

#include <span>
#include <vector>

namespace penstock::wire {

class frame_writer {
public:
    /// The body is `prefix`, then `flat` with the borrowed pieces in their places. head.length must be their sum.
    void start(const frame_head& head, std::span<const std::byte> prefix, std::span<const std::byte> flat,
               std::span<const detail::borrowed_piece> borrowed);
    bool done() const noexcept { return next_ == parts_.size(); }
    /// Gives the rest up; done() from now on.
    void stop() noexcept { next_ = parts_.size(); }
    /// What is left to write, at most `limit` ranges of it.
    std::span<const iovec> remaining(std::size_t limit = 64) const noexcept;
    /// `count` bytes of remaining() were written.
    void advance(std::size_t count) noexcept;

private:
    void add(const void* data, std::size_t size);

    frame_head head_;
    std::vector<iovec> parts_;
    std::size_t next_ = 0;
};

} // namespace penstock::wire

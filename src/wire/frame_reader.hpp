// SPDX-License-Identifier: MIT
// Frames on their way in, reassembled at any size. It reads nothing itself: the caller asks where the next bytes
// should go, reads there, says how many came, and takes the frames that are complete. Small frames are parsed in a
// buffer of 64 KiB; the body of a large one is received where it will stay. One thread at a time.
//
// Memory for a body grows with the bytes received. A head whose check fails or whose length is over the limit stops the
// reader: what follows such a head is noise, unless the owner knows better (skip_damage).
#pragma once

#include "wire/frame.hpp"

#include <penstock/detail/byte_archive.hpp>

#include <cstring>
#include <optional>
#include <span>
#include <string>

namespace penstock::wire {

struct frame_in {
    frame_head head;
    /// The body; valid until the next call of writable(). Empty when `large` holds it.
    std::span<const std::byte> body;
    /// The body of a large frame, given away with the frame.
    detail::byte_buffer large;

    std::span<const std::byte> bytes() const noexcept { return large.empty() ? body : large.bytes(); }
};

/// Takes the first frame off the front of `bytes`, which holds whole frames. False when there is none, or none that fits.
inline bool split_frame(std::span<const std::byte>& bytes, frame_in& frame) noexcept {
    if (bytes.size() < sizeof frame.head) return false;
    std::memcpy(&frame.head, bytes.data(), sizeof frame.head);
    if (frame.head.length > bytes.size() - sizeof frame.head) return false;
    frame.body = bytes.subspan(sizeof frame.head, static_cast<std::size_t>(frame.head.length));
    bytes = bytes.subspan(sizeof frame.head + frame.body.size());
    return true;
}

class frame_reader {
public:
    frame_reader(std::uint64_t key, std::uint64_t max_length) : key_(key), max_length_(max_length) {}

    /// Where the next bytes go; never empty. May throw std::bad_alloc.
    std::span<std::byte> writable();
    /// `count` bytes were put at writable().
    void received(std::size_t count) noexcept;
    /// The next complete frame. Empty when there is none, or when damage() is set.
    std::optional<frame_in> next();
    /// Why the bytes are not frames; empty while they are.
    const std::string& damage() const noexcept { return damage_; }
    /// Goes on behind bytes that are not frames, at the next head whose check holds, or one byte on where that is not to be
    /// seen yet. For bytes that somebody wrote between frames, never within one.
    void skip_damage() noexcept;
    /// True in the middle of a frame.
    bool partial() const noexcept { return in_large_ || begin_ != end_; }
    /// True when some bytes of the next head are there, or of what is none.
    bool within_head() const noexcept { return !in_large_ && begin_ != end_ && end_ - begin_ < sizeof(frame_head); }
    /// True while a large body is being received and bytes of it are still to come: nothing to take yet.
    bool body_under_way() const noexcept { return in_large_ && large_.size() != large_head_.length; }
    /// Makes room for a whole frame at once: whoever sends has checked its length. Otherwise memory follows what arrives.
    void trust_lengths() noexcept { trusts_lengths_ = true; }
    /// How much of a large body is still to come.
    std::uint64_t to_come() const noexcept { return in_large_ ? large_head_.length - large_.size() : 0; }
    /// The worker learns the key from its first frame.
    void set_key(std::uint64_t key, std::uint64_t max_length) noexcept {
        key_ = key;
        max_length_ = max_length;
    }

private:
    bool accept(const frame_head& head);
    frame_head head_at_begin() const noexcept;
    void start_large(const frame_head& head);

    std::uint64_t key_;
    std::uint64_t max_length_;
    detail::byte_buffer buffer_; // [begin_, end_) holds bytes not yet parsed
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool trusts_lengths_ = false;
    bool in_large_ = false;
    frame_head large_head_;
    detail::byte_buffer large_;
    std::string damage_;
};

} // namespace penstock::wire

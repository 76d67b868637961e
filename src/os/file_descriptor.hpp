// SPDX-License-Identifier: MIT
// A file descriptor that closes itself. It owns its number alone, moves and does not copy; -1 is the empty
// one.
//
// Threads: like an int; one thread at a time. Failure: closing never reports any (Linux has let go of the
// number even when close() fails, so there is nothing to repeat).
#pragma once

#include <utility>

namespace penstock::os {

class file_descriptor {
public:
    file_descriptor() noexcept = default;
    explicit file_descriptor(int fd) noexcept : fd_{fd} {}
    ~file_descriptor() { reset(); }
    file_descriptor(file_descriptor&& other) noexcept : fd_{other.release()} {}
    file_descriptor& operator=(file_descriptor&& other) noexcept {
        if (this != &other) reset(other.release());
        return *this;
    }
    file_descriptor(const file_descriptor&) = delete;
    file_descriptor& operator=(const file_descriptor&) = delete;

    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
    void reset(int fd = -1) noexcept;
    explicit operator bool() const noexcept { return fd_ >= 0; }

private:
    int fd_ = -1;
};

/// Moves a descriptor numbered 0, 1 or 2 to a higher number and gives others back as they are. A program may
/// have been started with its standard streams closed; what we open would take their place and get printed
/// into. Throws std::system_error when no number is free; the descriptor is closed then.
file_descriptor above_stdio(file_descriptor fd);

}  // namespace penstock::os

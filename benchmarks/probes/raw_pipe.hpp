// SPDX-License-Identifier: MIT
// A pipe and whole transfers through it. Failure: std::system_error; a pipe that closes early is one as well. Not for
// use by several threads.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <system_error>

namespace penstock::bench {

[[noreturn]] inline void throw_errno(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

class raw_pipe {
public:
    raw_pipe() {
        if (pipe2(ends_, O_CLOEXEC) != 0) throw_errno("pipe2");
    }
    raw_pipe(const raw_pipe&) = delete;
    raw_pipe& operator=(const raw_pipe&) = delete;
    ~raw_pipe() {
        close(ends_[0]);
        close(ends_[1]);
    }

    int read_end() const { return ends_[0]; }
    int write_end() const { return ends_[1]; }
    void never_block(int end) const {
        if (fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) != 0) throw_errno("fcntl");
    }
    /// False when the kernel does not grant so much.
    bool resize(int bytes) const { return fcntl(ends_[1], F_SETPIPE_SZ, bytes) >= bytes; }

private:
    int ends_[2];
};

/// Reads all of it. A descriptor that does not block is asked again and again: that is spinning.
inline void read_all(int fd, void* to, std::size_t size) {
    auto* at = static_cast<std::byte*>(to);
    while (size != 0) {
        const ssize_t got = read(fd, at, size);
        if (got == 0) throw std::system_error(EPIPE, std::generic_category(), "read");
        if (got < 0 && errno != EAGAIN && errno != EINTR) throw_errno("read");
        if (got < 0) continue;
        at += got;
        size -= static_cast<std::size_t>(got);
    }
}

inline void write_all(int fd, const void* from, std::size_t size) {
    const auto* at = static_cast<const std::byte*>(from);
    while (size != 0) {
        const ssize_t put = write(fd, at, size);
        if (put < 0 && errno != EAGAIN && errno != EINTR) throw_errno("write");
        if (put < 0) continue;
        at += put;
        size -= static_cast<std::size_t>(put);
    }
}

}  // namespace penstock::bench

// SPDX-License-Identifier: MIT
// Anonymous pipes: making them, tuning them, and moving bytes without blocking surprises.
//
// Threads: free functions without state; any thread, as far as the descriptor itself allows. Failure: what
// cannot go wrong in ordinary use throws std::system_error naming the call; reading and writing report an
// io_result.
#pragma once

#include "os/file_descriptor.hpp"
#include "os/io_result.hpp"

#include <sys/uio.h>

#include <cstddef>

namespace penstock::os {

struct pipe_ends {
    file_descriptor read_end;
    file_descriptor write_end;
};

/// Both ends are close-on-exec and blocking, and neither is ever numbered 0, 1 or 2.
pipe_ends make_pipe();

/// O_NONBLOCK belongs to the open file description: a child that holds the same end sees the change.
void set_nonblocking(int fd, bool on);

/// Packet mode (O_DIRECT): each write of at most PIPE_BUF bytes is read as one piece. Other flags are kept.
void set_packet_mode(int write_fd, bool on);

/// A non-blocking description of our own for the reading side of a pipe whose other description a worker
/// shares. An empty descriptor when that is not possible (no /proc, no number free).
file_descriptor reopen_for_reading(int fd) noexcept;

/// How many bytes wait in the pipe.
std::size_t bytes_readable(int fd);

/// Asks for a pipe of at least `size` bytes and returns the size it has now. Never throws: when the kernel
/// refuses (limits of the user, EBUSY) the pipe stays as it was. 0 means that fd is no pipe.
std::size_t set_pipe_size(int fd, std::size_t size) noexcept;

/// One system call each, repeated only when a signal interrupted it. EPIPE also raises SIGPIPE unless the
/// caller keeps a read end open or blocks the signal. Ask read_some for at least one byte: no bytes count as
/// closed.
io_result read_some(int fd, void* data, std::size_t size) noexcept;
io_result write_some(int fd, const void* data, std::size_t size) noexcept;
io_result writev_some(int fd, const iovec* parts, int count) noexcept;

}  // namespace penstock::os

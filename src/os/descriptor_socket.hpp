// SPDX-License-Identifier: MIT
// A pair of sockets between two processes that keeps packets whole and carries descriptors along with them
// (SOCK_SEQPACKET, SCM_RIGHTS).
//
// Threads: free functions without state. Failure: making a pair throws std::system_error; sending and receiving
// report an io_result and never raise SIGPIPE. What is received is close-on-exec and never numbered 0, 1 or 2.
#pragma once

#include "os/file_descriptor.hpp"
#include "os/pipe.hpp"

#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <vector>

namespace penstock::os {

struct socket_ends {
    file_descriptor ours;
    file_descriptor theirs;
};

/// As many bytes as a packet may have, so that it fits into the smallest send buffer an administrator can set.
inline constexpr std::size_t max_socket_packet = 2048;
inline constexpr std::size_t max_packet_descriptors = 5;

enum class patience { wait, do_not_wait };

socket_ends make_socket_pair();

/// All of it or nothing. The receiver gets descriptors of its own; these stay the caller's.
io_result send_packet(int socket, std::span<const iovec> parts, std::span<const int> descriptors,
                      patience when_full) noexcept;

/// One whole packet and its descriptors; fewer of them than were sent when no number is free for one. `closed`
/// when the other end is.
io_result receive_packet(int socket, std::span<std::byte> into, std::vector<file_descriptor>& descriptors,
                         patience when_empty);

}  // namespace penstock::os

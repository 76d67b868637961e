// SPDX-License-Identifier: MIT
// The seam between Penstock and Linux: a table of the system calls whose failures matter.
//
// Every file of os/ makes these calls through the table, so that a test can make the n-th one fail and look
// at what happens then. Threads: everybody reads it; only a test writes it, while no other thread uses os/.
#pragma once

#include <poll.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>

namespace penstock::os {

struct system_calls {
    int (*pipe2)(int*, int);
    ssize_t (*read)(int, void*, std::size_t);
    ssize_t (*write)(int, const void*, std::size_t);
    ssize_t (*writev)(int, const iovec*, int);
    int (*epoll_wait)(int, epoll_event*, int, int);
    int (*epoll_create1)(int);
    int (*epoll_ctl)(int, int, int, epoll_event*);
    int (*eventfd)(unsigned, int);
    int (*posix_spawn)(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*,
                       char* const*, char* const*);
    pid_t (*fork)();
    int (*pidfd_open)(pid_t, unsigned);
    int (*open)(const char*, int);
    int (*memfd_create)(const char*, unsigned);
    int (*fcntl)(int, int, int);
    int (*poll)(pollfd*, nfds_t, int);
    int (*socketpair)(int, int, int, int*);
    ssize_t (*sendmsg)(int, const msghdr*, int);
    ssize_t (*recvmsg)(int, msghdr*, int);
};

/// The one table of this process. It holds the real functions until a test replaces some.
system_calls& calls() noexcept;

}  // namespace penstock::os

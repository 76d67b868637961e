// SPDX-License-Identifier: MIT
#include "os/system_calls.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace penstock::os {
namespace {

// Through syscall(): the C library's own wrapper is younger than the kernel's call.
int real_pidfd_open(pid_t pid, unsigned flags) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, flags));
}

/// A mode for O_TMPFILE, which is the only thing that is created.
int real_open(const char* path, int flags) { return ::open(path, flags, 0600); }

int real_memfd_create(const char* name, unsigned flags) { return ::memfd_create(name, flags); }

int real_fcntl(int fd, int command, int argument) { return ::fcntl(fd, command, argument); }

// Initialised at compile time: static constructors of a program may come here before ours would have run.
constinit system_calls table{
    .pipe2 = ::pipe2,
    .read = ::read,
    .write = ::write,
    .writev = ::writev,
    .epoll_wait = ::epoll_wait,
    .epoll_create1 = ::epoll_create1,
    .epoll_ctl = ::epoll_ctl,
    .eventfd = ::eventfd,
    .posix_spawn = ::posix_spawn,
    .fork = ::fork,
    .pidfd_open = real_pidfd_open,
    .open = real_open,
    .memfd_create = real_memfd_create,
    .fcntl = real_fcntl,
    .poll = ::poll,
    .socketpair = ::socketpair,
    .sendmsg = ::sendmsg,
    .recvmsg = ::recvmsg,
};

}  // namespace

system_calls& calls() noexcept { return table; }

}  // namespace penstock::os

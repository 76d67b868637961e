// SPDX-License-Identifier: MIT
#include "os/spawn_settings.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <system_error>

namespace penstock::os {
namespace {

void check(int error, const char* call) {
    if (error != 0) throw std::system_error(error, std::generic_category(), call);
}

// Close-on-exec counts as closed: in a program started without stdout, number 1 may be anybody's private
// descriptor.
bool reaches_a_child(int fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    return flags >= 0 && (flags & FD_CLOEXEC) == 0;
}

}  // namespace

spawn_settings::spawn_settings(int task_read_fd, int result_write_fd, int shared_fd, int stdout_fd,
                               int stderr_fd) {
    check(::posix_spawn_file_actions_init(&actions_), "posix_spawn_file_actions_init");
    if (const int error = ::posix_spawnattr_init(&attributes_)) {
        ::posix_spawn_file_actions_destroy(&actions_);
        check(error, "posix_spawnattr_init");
    }
    try {
        set_descriptors(task_read_fd, result_write_fd, shared_fd, stdout_fd, stderr_fd);
        set_signals();
    } catch (...) {
        ::posix_spawnattr_destroy(&attributes_);
        ::posix_spawn_file_actions_destroy(&actions_);
        throw;
    }
}

spawn_settings::~spawn_settings() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
}

void spawn_settings::set_descriptors(int task_read_fd, int result_write_fd, int shared_fd, int stdout_fd,
                                     int stderr_fd) {
    const auto open_null = [&](int fd, int mode) {
        check(::posix_spawn_file_actions_addopen(&actions_, fd, "/dev/null", mode, 0),
              "posix_spawn_file_actions_addopen");
    };
    const auto duplicate = [&](int from, int to) {
        check(::posix_spawn_file_actions_adddup2(&actions_, from, to), "posix_spawn_file_actions_adddup2");
    };
    const auto set_stream = [&](int fd, int source) {
        if (source >= 0) duplicate(source, fd);
        else if (source == stream_discarded || !reaches_a_child(fd)) open_null(fd, O_WRONLY);
    };
    open_null(STDIN_FILENO, O_RDONLY);
    set_stream(STDOUT_FILENO, stdout_fd);
    set_stream(STDERR_FILENO, stderr_fd);
    duplicate(task_read_fd, 3);
    duplicate(result_write_fd, 4);
    if (shared_fd >= 0) duplicate(shared_fd, 5);
    check(::posix_spawn_file_actions_addclosefrom_np(&actions_, shared_fd >= 0 ? 6 : 5),
          "posix_spawn_file_actions_addclosefrom_np");
}

void spawn_settings::set_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    check(::posix_spawnattr_setsigmask(&attributes_, &set), "posix_spawnattr_setsigmask");
    // Not sigfillset: it leaves out the two real-time signals that the C library keeps for itself, and
    // posix_spawn starts the child with those ignored, which everything it starts would inherit.
    std::memset(&set, 0xff, sizeof set);
    ::sigdelset(&set, SIGKILL);
    ::sigdelset(&set, SIGSTOP);
    check(::posix_spawnattr_setsigdefault(&attributes_, &set), "posix_spawnattr_setsigdefault");
    check(::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF),
          "posix_spawnattr_setflags");
}

}  // namespace penstock::os

// SPDX-License-Identifier: MIT
// A program of tests/children, run with its output collected: started in a process group of its own, read line by line,
// waited for within a bound, and killed at the latest when this object goes.
#pragma once

#include "support/invariants.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace penstock::test {

class child_program {
public:
    /// `name` is that of the source file, or an absolute path. With `closed`, descriptors 0 to 2 are closed in it, and nothing is collected.
    explicit child_program(const std::string& name, std::vector<std::string> arguments = {}, bool closed = false) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
        output_ = ends[0];
        const std::string path = name.starts_with('/') ? name : std::string(PENSTOCK_CHILDREN_DIR) + "/child_" + name;
        std::vector<char*> argv{const_cast<char*>(path.c_str())};
        for (auto& each : arguments) argv.push_back(each.data());
        argv.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        for (int fd = 0; closed && fd != 3; ++fd) posix_spawn_file_actions_addclose(&actions, fd);
        for (int fd = 1; !closed && fd != 3; ++fd) posix_spawn_file_actions_adddup2(&actions, ends[1], fd);
        posix_spawnattr_t attributes;
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
        const int error = ::posix_spawn(&pid_, path.c_str(), &actions, &attributes, argv.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
        ::close(ends[1]);
        if (error != 0) throw std::system_error(error, std::generic_category(), path);
    }
    ~child_program() {
        if (!ended_) {
            ::kill(pid_, SIGKILL);
            wait();
        }
        ::close(output_);
    }
    child_program(const child_program&) = delete;
    child_program& operator=(const child_program&) = delete;

    pid_t pid() const { return pid_; }
    /// Reads up to the end of the line that contains `text`; throws when there is none.
    void wait_for(const std::string& text) {
        while (seen_.find(text) == std::string::npos)
            if (!read_some()) throw std::runtime_error("the program never said '" + text + "' but: " + seen_);
    }
    /// Everything it writes until the last writer is gone, its workers included.
    const std::string& output() {
        while (read_some()) {}
        return seen_;
    }
    /// Its wait status; throws when it does not end.
    int wait() {
        if (!ended_ && !eventually([this] { return ended_ = ::waitpid(pid_, &status_, WNOHANG) == pid_; }))
            throw std::runtime_error("the program did not end; it said: " + seen_);
        return status_;
    }
    /// Its exit status, or minus the signal that ended it.
    int exit_status() {
        const int status = wait();
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

private:
    bool read_some() {
        pollfd readable{output_, POLLIN, 0};
        if (::poll(&readable, 1, 60'000) == 0) throw std::runtime_error("the program hangs; it said: " + seen_);
        char buffer[4096];
        const ssize_t count = ::read(output_, buffer, sizeof buffer);
        if (count > 0) seen_.append(buffer, static_cast<std::size_t>(count));
        return count > 0;
    }

    pid_t pid_ = -1;
    int output_ = -1;
    int status_ = 0;
    bool ended_ = false;
    std::string seen_;
};

} // namespace penstock::test

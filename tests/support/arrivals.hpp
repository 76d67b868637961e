// SPDX-License-Identifier: MIT
// arrivals: a FIFO into which tasks say who they are (their pid), and out of which a test learns that they run. A test
// that waits for somebody who never comes gets an exception after a minute. The object must outlive the tasks.
#pragma once

#include "temporary_directory.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

namespace penstock::test {

class arrivals {
public:
    arrivals() {
        if (::mkfifo(path_.c_str(), 0600) != 0 || (fd_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC)) < 0)
            throw std::system_error(errno, std::generic_category(), "cannot make " + path_);
    }
    ~arrivals() { ::close(fd_); }
    arrivals(const arrivals&) = delete;
    arrivals& operator=(const arrivals&) = delete;

    const std::string& path() const { return path_; }
    /// The pid of the next who arrives.
    pid_t next() const {
        pollfd readable{fd_, POLLIN, 0};
        int found = 0;
        while ((found = ::poll(&readable, 1, 60'000)) < 0 && errno == EINTR) {}
        pid_t pid = 0;
        if (found != 1 || ::read(fd_, &pid, sizeof pid) != sizeof pid)
            throw std::runtime_error("nobody arrived at " + path_);
        return pid;
    }
    bool is_empty() const {
        pollfd readable{fd_, POLLIN, 0};
        return ::poll(&readable, 1, 0) == 0;
    }

    static void announce(const std::string& path, pid_t pid = ::getpid()) {
        const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
        const bool written = fd >= 0 && ::write(fd, &pid, sizeof pid) == sizeof pid;
        if (fd >= 0) ::close(fd);
        if (!written) throw std::system_error(errno, std::generic_category(), "cannot write " + path);
    }

private:
    temporary_directory directory_;
    std::string path_ = directory_.path() + "/arrivals";
    int fd_ = -1;
};

} // namespace penstock::test

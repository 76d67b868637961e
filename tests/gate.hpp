// SPDX-License-Identifier: MIT
// gate: holds tasks up until a test lets them go on, in threads and in other processes alike. It is a FIFO in
// a directory of its own: tasks get its path. Once opened it stays open, for any number of waiters, from any
// thread. A wait that nobody ends throws after a minute, so that a broken pool fails its test instead of
// hanging it. The object owns the FIFO and must outlive the tasks that use it.
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

class gate {
public:
    gate() {
        // Read and write: what is written stays in the FIFO while this end is there.
        if (mkfifo(path_.c_str(), 0600) != 0 || (fd_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC)) < 0)
            fail("make", path_);
    }
    /// In this order: who opened it in time still finds what was written; who comes later finds nothing to wait for.
    ~gate() {
        ::unlink(path_.c_str());
        ::close(fd_);
    }
    gate(const gate&) = delete;
    gate& operator=(const gate&) = delete;

    const std::string& path() const { return path_; }
    void open() const { open(path_); }
    void wait() const { wait(path_); }

    static void open(const std::string& path) {
        const int fd = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        const bool written = fd >= 0 && ::write(fd, "", 1) == 1;
        if (fd >= 0) ::close(fd);
        if (!written) fail("open", path);
    }
    static void wait(const std::string& path) {
        const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0) fail("wait for", path);
        pollfd readable{fd, POLLIN, 0};
        int found = 0;
        while ((found = ::poll(&readable, 1, 60'000)) < 0 && errno == EINTR) {
        }
        ::close(fd);
        if (found == 0) throw std::runtime_error("the gate " + path + " was not opened within a minute");
        if (found < 0) fail("wait for", path);
    }

private:
    [[noreturn]] static void fail(const char* what, const std::string& path) {
        throw std::system_error(errno, std::generic_category(),
                                std::string("cannot ") + what + " the gate " + path);
    }

    temporary_directory directory_;
    std::string path_ = directory_.path() + "/gate";
    int fd_ = -1;
};

} // namespace penstock::test

// SPDX-License-Identifier: MIT
// tally: counts what tasks did, in threads and in other processes alike. It is a file in a directory of its
// own, one byte a mark; tasks get its path. Any thread may mark and count. The object owns the file.
#pragma once

#include "temporary_directory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace penstock::test {

class tally {
public:
    tally() { std::ofstream create(path_); }

    const std::string& path() const { return path_; }
    std::size_t count() const { return std::filesystem::file_size(path_); }

    static void mark(const std::string& path) {
        const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
        const bool written = fd >= 0 && ::write(fd, "x", 1) == 1;
        if (fd >= 0) ::close(fd);
        if (!written) throw std::system_error(errno, std::generic_category(), "cannot mark " + path);
    }

private:
    temporary_directory directory_;
    std::string path_ = directory_.path() + "/tally";
};

} // namespace penstock::test

// SPDX-License-Identifier: MIT
#include "program/local_file.hpp"

#include "text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace s3_program {
namespace {

class open_file {
public:
    // O_NONBLOCK: a FIFO would be waited for until somebody writes to it.
    explicit open_file(const std::string& name)
        : name_(example_common::printable(name)),
          descriptor_(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
        if (descriptor_ < 0) fail(errno);
    }
    ~open_file() { ::close(descriptor_); }
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;

    [[nodiscard]] std::uint64_t size() const {
        struct stat status {};
        if (::fstat(descriptor_, &status) != 0) fail(errno);
        if (S_ISDIR(status.st_mode)) fail(EISDIR);
        if (!S_ISREG(status.st_mode)) throw std::runtime_error("cannot read " + name_ + ": it is no regular file");
        return static_cast<std::uint64_t>(status.st_size);
    }

    std::size_t read(std::uint64_t offset, std::span<std::byte> into) const {
        for (;;) {
            const ssize_t count = ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EINTR) fail(errno);
        }
    }

private:
    [[noreturn]] void fail(int error) const {
        throw std::system_error(error, std::generic_category(), "cannot read " + name_);
    }

    std::string name_;
    int descriptor_;
};

}  // namespace

s3::byte_source read_file(const std::string& name) {
    const auto file = std::make_shared<const open_file>(name);
    return {file->size(),
            [file](std::uint64_t offset, std::span<std::byte> into) { return file->read(offset, into); }};
}

}  // namespace s3_program

// SPDX-License-Identifier: MIT
#include "os/file_descriptor.hpp"

#include "os/system_calls.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace penstock::os {

void file_descriptor::reset(int fd) noexcept {
    const int old = std::exchange(fd_, fd);
    if (old < 0 || old == fd) return;
    const int saved = errno;  // a destructor on the way out of a failure must not hide the reason
    ::close(old);
    errno = saved;
}

file_descriptor above_stdio(file_descriptor fd) {
    if (!fd || fd.get() > 2) return fd;
    file_descriptor moved{calls().fcntl(fd.get(), F_DUPFD_CLOEXEC, 3)};
    if (!moved) throw std::system_error(errno, std::generic_category(), "fcntl(F_DUPFD_CLOEXEC)");
    return moved;
}

}  // namespace penstock::os

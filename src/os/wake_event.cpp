// SPDX-License-Identifier: MIT
#include "os/wake_event.hpp"

#include "os/system_calls.hpp"

#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace penstock::os {
namespace {

file_descriptor make_eventfd() {
    file_descriptor fd{calls().eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    if (!fd) throw std::system_error(errno, std::generic_category(), "eventfd");
    return above_stdio(std::move(fd));
}

}  // namespace

wake_event::wake_event() : fd_{make_eventfd()} {}

void wake_event::signal() noexcept {
    const int saved = errno;  // it may run in a signal handler
    const std::uint64_t one = 1;
    // EAGAIN means that the counter is full: readable already, nothing more to say.
    while (calls().write(fd_.get(), &one, sizeof one) < 0 && errno == EINTR) {
    }
    errno = saved;
}

void wake_event::clear() noexcept {
    std::uint64_t count = 0;
    while (calls().read(fd_.get(), &count, sizeof count) < 0 && errno == EINTR) {
    }
}

}  // namespace penstock::os

// SPDX-License-Identifier: MIT
// Wakes a thread that sleeps in a poller: an eventfd whose descriptor is readable from signal() until
// clear().
//
// Threads: signal() from any thread, and from a signal handler; clear() from the thread that polls. Signals
// that come before a clear() merge into one. Failure: the constructor throws std::system_error (EMFILE,
// ENFILE).
#pragma once

#include "os/file_descriptor.hpp"

namespace penstock::os {

class wake_event {
public:
    wake_event();

    /// For poller::add; owned by this object, non-blocking.
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    void signal() noexcept;
    void clear() noexcept;

private:
    file_descriptor fd_;
};

}  // namespace penstock::os

// SPDX-License-Identifier: MIT
// Waits for many descriptors at once (epoll, level triggered). The caller names each by a key of its own
// choice.
//
// Threads: wait() from one thread; add, change and remove from any, also while wait() sleeps. A poller does
// not own the descriptors: remove() one before closing it, because a copy in another process would keep it
// reported. Failure: std::system_error naming the call (EMFILE, ENOSPC, ENOMEM, EPERM for plain files).
#pragma once

#include "os/file_descriptor.hpp"

#include <sys/epoll.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace penstock::os {

class poller {
public:
    struct event {
        std::uint64_t key = 0;
        bool readable = false;
        bool writable = false;
        bool hung_up = false;  ///< the other side is gone, or the descriptor is in error
    };

    poller();

    /// Hanging up is reported even when neither reading nor writing is asked for: remove such a descriptor.
    void add(int fd, std::uint64_t key, bool read, bool write);
    void change(int fd, std::uint64_t key, bool read, bool write);
    void remove(int fd) noexcept;

    /// The events that are due now, or as soon as there are any; an empty span after the timeout or when a
    /// signal interrupted the wait. No timeout waits for ever; one that is not a whole number of milliseconds
    /// is rounded up, so that a deadline is over when the wait is. The span is valid until the next wait().
    std::span<const event> wait(std::optional<std::chrono::nanoseconds> timeout);

private:
    void control(int operation, int fd, std::uint64_t key, bool read, bool write);

    file_descriptor fd_;
    std::vector<epoll_event> raw_;
    std::vector<event> events_;
};

}  // namespace penstock::os

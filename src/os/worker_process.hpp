// SPDX-License-Identifier: MIT
// A worker's process as its pool sees it, whoever its parent is: child_process (we are) or forked_process (the
// zygote is).
//
// Threads: one at a time for each object. Whoever wants the process dead says so with send_signal(): destroying
// the object leaves it alone.
#pragma once

#include "os/exit_status.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace penstock::os {

class worker_process {
public:
    virtual ~worker_process() = default;

    [[nodiscard]] virtual pid_t pid() const noexcept = 0;
    /// Readable (for a poller) once the process is dead; -1 where there is none: then call try_reap() on a tick.
    /// Open until this object is destroyed.
    [[nodiscard]] virtual int pidfd() const noexcept = 0;
    /// Empty while the process lives, and for a moment longer where its status has yet to arrive; afterwards its
    /// status, always the same. Never blocks.
    virtual std::optional<exit_status> try_reap() = 0;
    /// False when nothing was sent: the process is gone, or refused the signal.
    virtual bool send_signal(int signal) noexcept = 0;
    /// The same with a value for the handler's siginfo_t (SI_QUEUE).
    virtual bool send_signal_with_value(int signal, std::uint64_t value) noexcept = 0;

protected:
    worker_process() = default;
    worker_process(const worker_process&) = default;
    worker_process& operator=(const worker_process&) = default;
};

}  // namespace penstock::os

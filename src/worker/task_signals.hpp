// SPDX-License-Identifier: MIT
// What a task may have done to signals and must not leave to the next one: blocked them (a stop request would not be
// heard), another handler for SIGURG, which carries stop requests, an alarm that rings later. Other handlers stay.
#pragma once

#include <csignal>

namespace penstock::worker {

class task_signals {
public:
    /// As they are now, but SIGURG is not blocked.
    task_signals() noexcept;
    /// Puts the mask and the handler of SIGURG back, and stops the alarm.
    void restore() const noexcept;

private:
    sigset_t mask_;
    struct sigaction stop_request_;
};

} // namespace penstock::worker

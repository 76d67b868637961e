// SPDX-License-Identifier: MIT
// What a task may have done to signals and must not leave to the next one: blocked them (a stop request would not be
// heard), another handler for SIGURG, which carries stop requests, an alarm that rings later. Other handlers stay.
//
// Each of the three costs a system call, which takes longer than a small task. But a task that took less time than such
// a call takes has made none. (Both are measured in the same way, with one look at the clock in them.)
#pragma once

#include <chrono>
#include <csignal>

namespace penstock::worker {

class task_signals {
public:
    /// As they are now, but SIGURG is not blocked.
    task_signals() noexcept;
    /// Puts the mask and the handler of SIGURG back, and stops the alarm.
    void restore() noexcept;
    /// The same after a task that took so long, if it can have changed anything; whether it can.
    bool restore_after(std::chrono::nanoseconds took) noexcept {
        if (took < quickest_call_) return false;
        restore();
        return true;
    }

private:
    void restore_mask() noexcept;

    std::chrono::nanoseconds quickest_call_ = std::chrono::nanoseconds::max(); // that was seen so far
    sigset_t mask_;
    struct sigaction stop_request_;
};

} // namespace penstock::worker

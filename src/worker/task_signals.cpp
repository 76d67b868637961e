// SPDX-License-Identifier: MIT
#include "worker/task_signals.hpp"

#include <pthread.h>
#include <unistd.h>

namespace penstock::worker {

task_signals::task_signals() noexcept : mask_{}, stop_request_{} {
    pthread_sigmask(SIG_SETMASK, nullptr, &mask_);
    sigdelset(&mask_, SIGURG);
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    sigaction(SIGURG, nullptr, &stop_request_);
}

void task_signals::restore() const noexcept {
    alarm(0);
    sigaction(SIGURG, &stop_request_, nullptr);
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
}

} // namespace penstock::worker

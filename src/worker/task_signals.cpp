// SPDX-License-Identifier: MIT
#include "worker/task_signals.hpp"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>

namespace penstock::worker {

namespace {
using clock = std::chrono::steady_clock;
constexpr int first_looks = 8; // until a call costs what it costs when code and data are at hand
} // namespace

task_signals::task_signals() noexcept : mask_{}, stop_request_{} {
    pthread_sigmask(SIG_SETMASK, nullptr, &mask_);
    sigdelset(&mask_, SIGURG);
    for (int look = 0; look != first_looks; ++look) restore_mask();
    sigaction(SIGURG, nullptr, &stop_request_);
}

void task_signals::restore() noexcept {
    alarm(0);
    sigaction(SIGURG, &stop_request_, nullptr);
    restore_mask();
}

/// The quickest of the three.
void task_signals::restore_mask() noexcept {
    const auto began = clock::now();
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    quickest_call_ = std::min<std::chrono::nanoseconds>(quickest_call_, clock::now() - began);
}

} // namespace penstock::worker

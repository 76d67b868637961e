// SPDX-License-Identifier: MIT
// Work of a known size. It is counted in processor time of the calling thread, so that a task that is preempted takes
// as much longer as it really would.
#pragma once

#include <chrono>
#include <ctime>

namespace penstock::bench {

inline std::chrono::nanoseconds thread_cpu_time() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

inline void burn(std::chrono::nanoseconds amount) {
    const auto end = thread_cpu_time() + amount;
    while (thread_cpu_time() < end) {
    }
}

}  // namespace penstock::bench

// SPDX-License-Identifier: MIT
// What a thread does between two looks at a word that another CPU is about to change. Any thread.
#pragma once

#include <sched.h>

#include <chrono>

namespace penstock::os {

inline void spin_pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

/// The same for somebody who has looked for so long already: after a while the CPU is offered to others between two looks.
inline void pause_while_looking(std::chrono::nanoseconds since_when) noexcept {
    if (since_when > std::chrono::microseconds(3)) sched_yield();
    for (int pause = 0; pause != 8; ++pause) spin_pause();
}

} // namespace penstock::os

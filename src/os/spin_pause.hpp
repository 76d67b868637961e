// SPDX-License-Identifier: MIT
// What a thread does between two looks at a word that another CPU is about to change. Any thread.
#pragma once

namespace penstock::os {

inline void spin_pause() noexcept {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

} // namespace penstock::os

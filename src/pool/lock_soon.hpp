// SPDX-License-Identifier: MIT
// Locks that are held for less time than it takes to fall asleep and be woken: a thread looks a few times before it does.
#pragma once

#include "os/spin_pause.hpp"

#include <mutex>

namespace penstock::pool {

inline void lock_soon(std::unique_lock<std::mutex>& lock) {
    constexpr int looks = 64;
    for (int look = 0; look != looks; ++look) {
        if (lock.try_lock()) return;
        os::spin_pause();
    }
    lock.lock();
}

} // namespace penstock::pool

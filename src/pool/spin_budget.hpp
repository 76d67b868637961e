// SPDX-License-Identifier: MIT
// Whether it is worth to look for a moment before sleeping: while it was, yes; after each miss in a row, half as often, down
// to one wait in 64. One thread at a time.
#pragma once

#include "os/spin_pause.hpp"

#include <algorithm>
#include <chrono>

namespace penstock::pool {

class spin_budget {
public:
    /// Looks until `found()`, for at most `limit`, if it is worth it. True when found.
    template <class Found>
    bool look(std::chrono::nanoseconds limit, Found found) {
        if (skip_ != 0) return --skip_, false;
        const auto end = std::chrono::steady_clock::now() + limit;
        do {
            for (int i = 0; i != 64; ++i) {
                if (found()) return misses_ = 0, true;
                os::spin_pause();
            }
        } while (std::chrono::steady_clock::now() < end);
        misses_ = std::min(misses_ + 1, 6);
        skip_ = (1 << misses_) - 1;
        return false;
    }

private:
    int misses_ = 0;
    int skip_ = 0;
};

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// Looking again and again, for a moment, for what another CPU is about to bring, before one sleeps. A thread that has to
// share its CPU offers it to the others meanwhile, and may get it back much later. So after a look that took far longer than
// it was to take some are left out: one, then three, up to 63. One thread at a time.
#pragma once

#include "os/spin_pause.hpp"

#include <algorithm>
#include <chrono>

namespace penstock::os {

class brief_look {
public:
    /// Until `found()`, for at most `longest`; whether it was found.
    template <class Found>
    bool look(std::chrono::nanoseconds longest, Found found) {
        using clock = std::chrono::steady_clock;
        if (to_skip_ != 0) return --to_skip_, found();
        const auto began = clock::now();
        auto now = began;
        bool is_there = found();
        while (!is_there && now < began + longest) {
            pause_while_looking(now - began);
            now = clock::now();
            is_there = found();
        }
        took(now - began, longest);
        return is_there;
    }

private:
    void took(std::chrono::nanoseconds time, std::chrono::nanoseconds longest) noexcept {
        lost_ = time > 4 * longest ? std::min(lost_ + 1, most_lost) : 0;
        to_skip_ = (1u << lost_) - 1;
    }

    static constexpr unsigned most_lost = 6;
    unsigned lost_ = 0; // in a row, of looks that lost the CPU
    unsigned to_skip_ = 0;
};

} // namespace penstock::os

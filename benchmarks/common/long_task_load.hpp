// SPDX-License-Identifier: MIT
// The load of the row head_of_line, the same for the pool and for the split by hand.
#pragma once

#include <chrono>

namespace penstock::bench {

struct long_task_load {
    static constexpr int short_tasks = 999;
    static constexpr std::chrono::nanoseconds short_task = std::chrono::microseconds(20);
    static constexpr std::chrono::nanoseconds long_task = std::chrono::milliseconds(50);
};

}  // namespace penstock::bench

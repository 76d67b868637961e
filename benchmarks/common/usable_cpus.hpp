// SPDX-License-Identifier: MIT
// How many CPUs this process may run on: what its affinity says, not how many are online.
#pragma once

#include <sched.h>

namespace penstock::bench {

inline int usable_cpus() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return CPU_COUNT(&set);
}

}  // namespace penstock::bench

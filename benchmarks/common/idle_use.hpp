// SPDX-License-Identifier: MIT
// What processes use while nothing is to be done.
#pragma once

#include <chrono>
#include <vector>

namespace penstock::bench {

/// In us of processor time a second, over `span`, of all threads of these processes but for the one that asks. They have
/// some time before that: what a thread used is counted when it leaves its processor, and whoever spins has given up then.
double use_while_idle(const std::vector<int>& pids, std::chrono::milliseconds span);

}  // namespace penstock::bench

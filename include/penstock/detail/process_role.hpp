// SPDX-License-Identifier: MIT
// What this process is to Penstock; written once by init (before any pool can exist), read by pools afterwards.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace penstock::detail {

struct process_role {
    bool initialized = false;     ///< init ran in this program
    bool is_worker = false;       ///< this process serves a pool
    std::uint32_t pool_depth = 0; ///< 0 in the program itself, 1 in its workers, 2 in their workers
    std::vector<std::string> worker_command; ///< what starts a worker, with its first arguments; empty: this program
};

process_role& this_process() noexcept;

/// Counts the forks that led to this process; a pool made before a fork belongs to the parent alone.
std::uint64_t fork_generation() noexcept;

} // namespace penstock::detail

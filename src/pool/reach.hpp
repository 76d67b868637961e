// SPDX-License-Identifier: MIT
// What this machine, and the options, let a pool have; decided anew for each pool. Any thread.
#pragma once

#include <penstock/pool_options.hpp>

#include <cstddef>

namespace penstock::pool {

struct reach {
    std::size_t shared_bytes = 0; ///< of memory that a worker shares with its pool, for batches; 0 for none
    std::size_t depth = 1;        ///< tasks at once at a worker
};

/// Throws std::system_error when there is no descriptor to find out with.
reach find_reach(const pool_options& options);

/// File descriptors of the parent, all in all.
std::size_t descriptors_needed(const pool_options& options, std::size_t workers);

/// Whether whoever waits may look for a moment before sleeping.
bool may_spin(const pool_options& options);

} // namespace penstock::pool

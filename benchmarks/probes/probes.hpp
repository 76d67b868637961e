// SPDX-License-Identifier: MIT
// The raw limit: what pipes and processes do without a library. Each probe is one figure or a few, measured by a
// program without threads, so that fork is safe here.
#pragma once

#include "common/measurement.hpp"
#include "common/request.hpp"

namespace penstock::bench {

/// 64 bytes to another process and back, in us (median).
measurements pipe_spinning(const request& asked);
measurements pipe_blocking(const request& asked);
/// The same, blocking, 1 ms after the one before.
measurements pipe_pauses(const request& asked);

/// Tasks of 24 bytes to `workers` processes, many in a write; one result of 16 bytes in each write back; in tasks/s.
measurements record_pump(const request& asked);

/// 64 MiB one way, into memory that malloc has just given ("fresh") and that was used before ("warm"), in GB/s.
measurements pipe_64k(const request& asked);
measurements pipe_1m(const request& asked);
measurements plain_memcpy(const request& asked);

/// The load of head_of_line: a process of its own for the long task, the short ones split evenly over the others; in ms
/// until the last short one is done.
measurements split_by_hand(const request& asked);

}  // namespace penstock::bench

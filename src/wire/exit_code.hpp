// SPDX-License-Identifier: MIT
// How a worker ends when it cannot go on; the pool turns these into hints.
#pragma once

namespace penstock::wire {

inline constexpr int exit_lost_connection = 120; // its pipes were closed, or hold what is not a frame
inline constexpr int exit_thread_ended = 121;    // a task called pthread_exit
inline constexpr int exit_forked_child = 122;    // a task returned twice, once in a child it forked
inline constexpr int exit_bad_start = 123;       // not started by a pool
inline constexpr int exit_out_of_memory = 124;   // no memory for the arguments of a task

} // namespace penstock::wire

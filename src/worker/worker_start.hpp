// SPDX-License-Identifier: MIT
// The steps by which a process becomes a worker or a zygote. Main thread.
#pragma once

#include <sys/types.h>

namespace penstock::worker {

/// From now on this process is killed when `parent` ends; at once when that is no longer its parent.
void end_with(pid_t parent);

/// Ctrl-C reaches the whole group; the pool decides what it means. An empty handler rather than SIG_IGN, which the
/// programs that a task starts would inherit.
void leave_interrupts_to_the_pool();

/// Serves tasks over descriptors 3 and 4 until the pool lets this process go.
[[noreturn]] void serve_as_worker();

} // namespace penstock::worker

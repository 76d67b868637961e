// SPDX-License-Identifier: MIT
// What a process of ours does first in its life: it binds itself to its parent. Main thread of the process.
#pragma once

#include <sys/types.h>

namespace penstock::os {

/// From now on this process is killed when the thread of `parent` that started it ends; at once when that is no longer
/// its parent.
void end_with(pid_t parent) noexcept;

/// Ctrl-C reaches the whole group; the parent decides what it means. An empty handler rather than SIG_IGN, which the
/// programs that a task starts would inherit.
void leave_interrupts_to_parent() noexcept;

}  // namespace penstock::os

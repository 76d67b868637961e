// SPDX-License-Identifier: MIT
// What happens to workers, as pool_options.on_event is told: a plain value. Events come one at a time, in order, on the
// pool's callback thread.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace penstock {

enum class pool_event_kind {
    started,  ///< a process was started
    ready,    ///< its initializer is done
    died,     ///< it ended without being asked to
    recycled, ///< it was let go in order (max_tasks_per_worker, max_rss_per_worker, idle_timeout, resize)
    fell_back ///< the start method was changed; `reason` says why
};

struct pool_event {
    pool_event_kind kind = pool_event_kind::started;
    std::size_t worker = 0;    ///< its place in the pool, from 0
    pid_t pid = 0;             ///< its process
    int signal = 0;            ///< died: the signal that ended it, or 0
    int exit_status = -1;      ///< died: its exit status, or -1
    std::uint64_t task_id = 0; ///< died: the task it was running, or 0
    std::string task_label;    ///< died: that task's label
    std::string reason;        ///< a hint, or why it was let go
};

} // namespace penstock

// SPDX-License-Identifier: MIT
// The task that this thread runs, for this_task. The runner (a worker process, a thread of a pool) installs it around
// the call. In a worker process the threads that a task starts see its task too.
#pragma once

#include <atomic>
#include <cstdint>

namespace penstock::detail {

class running_task {
public:
    virtual std::uint64_t id() const noexcept = 0;
    virtual bool stop_requested() const noexcept = 0;
    virtual void progress(double fraction) noexcept = 0;
    /// Sleeps until stop_requested() may have changed, or end_wait_for_stop was called after `over` was set.
    virtual void wait_for_stop(const std::atomic<bool>& over) noexcept = 0;
    virtual void end_wait_for_stop() noexcept = 0;

protected:
    ~running_task() = default;
};

/// Null outside a task.
running_task* current_task() noexcept;

/// Installs a task for this thread as long as the scope lives; scopes nest.
class running_scope {
public:
    explicit running_scope(running_task& task) noexcept;
    ~running_scope();
    running_scope(const running_scope&) = delete;
    running_scope& operator=(const running_scope&) = delete;

private:
    running_task* before_;
};

/// Installs a task for all threads of the process that have none of their own; for good, so it must never be destroyed.
void install_for_process(running_task& task) noexcept;

} // namespace penstock::detail

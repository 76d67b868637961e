// SPDX-License-Identifier: MIT
// The task that this worker process runs, as this_task sees it: one object for the life of the process, so that a thread
// which a task left behind may still ask it. Stop requests come as a signal (SIGURG) that carries the number of the task
// meant, so one that comes late never stops the next task.
#pragma once

#include <penstock/detail/running_task.hpp>

#include <atomic>

namespace penstock::worker {

class connection;

class worker_task final : public detail::running_task {
public:
    /// Installs the object and the signal handler; `pipes` must live as long as tasks run.
    static worker_task& install(connection& pipes);

    void begin(std::uint64_t id) noexcept { id_.store(id, std::memory_order_relaxed); }
    void end() noexcept { id_.store(0, std::memory_order_relaxed); }

    std::uint64_t id() const noexcept override { return id_.load(std::memory_order_relaxed); }
    bool stop_requested() const noexcept override;
    void progress(double fraction) noexcept override;
    void wait_for_stop(const std::atomic<bool>& over) noexcept override;
    void end_wait_for_stop() noexcept override;

private:
    std::atomic<std::uint64_t> id_{0};
    connection* pipes_ = nullptr;
};

} // namespace penstock::worker

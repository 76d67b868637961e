// SPDX-License-Identifier: MIT
// A worker that another process of ours forked (the zygote): we hold its pidfd, and so see its death and signal it
// without ever meeting a stranger that got its pid; its parent alone can reap it and reports its status.
//
// Threads: one at a time. Owns the pidfd. Failure: a status that does not come within half a second of the death
// is unknown (the parent is stopped, say).
#pragma once

#include "os/exit_report.hpp"
#include "os/file_descriptor.hpp"
#include "os/worker_process.hpp"

#include <chrono>
#include <memory>

namespace penstock::os {

class forked_process final : public worker_process {
public:
    forked_process(pid_t pid, file_descriptor pidfd, std::shared_ptr<const exit_report> report) noexcept;

    [[nodiscard]] pid_t pid() const noexcept override { return pid_; }
    [[nodiscard]] int pidfd() const noexcept override { return pidfd_.get(); }
    std::optional<exit_status> try_reap() override;
    bool send_signal(int signal) noexcept override;
    bool send_signal_with_value(int signal, std::uint64_t value) noexcept override;

private:
    [[nodiscard]] bool is_dead() const noexcept;
    exit_status reap_orphan() noexcept;

    pid_t pid_;
    file_descriptor pidfd_;
    std::shared_ptr<const exit_report> report_;
    std::optional<std::chrono::steady_clock::time_point> dead_since_;
    std::optional<exit_status> ended_;
};

}  // namespace penstock::os

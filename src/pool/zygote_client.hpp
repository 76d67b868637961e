// SPDX-License-Identifier: MIT
// The pool's end of its zygote: the process, the socket to it, and the one fork that is under way.
//
//   starting ---ready---> ready ---retire()---> leaving (it ends once its workers have)
//
// Threads: the I/O thread, which also must be the one that constructs it (PDEATHSIG); kill() from any thread under the
// engine's lock. Never blocks. Owns the zygote's two descriptors. Failure: the constructor throws start_error or
// std::system_error; later a zygote that cannot be talked to is killed, and its death is the one thing to handle.
#pragma once

#include "os/channel.hpp"
#include "os/child_process.hpp"
#include "os/exit_report.hpp"
#include "pool/zygote_answer.hpp"
#include "wire/zygote_boot.hpp"
#include "wire/zygote_message.hpp"

#include <penstock/detail/byte_buffer.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace penstock::pool {

class zygote_client {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// `command` says path, arguments, environment and streams. A boot or a fork that takes longer than
    /// `start_timeout` means a zygote that is beyond use.
    zygote_client(os::start_request command, const wire::zygote_boot& boot, std::chrono::nanoseconds start_timeout);

    int socket() const noexcept { return socket_.get(); }
    os::child_process& process() noexcept { return process_; }
    /// Sends what there is room for of the boot; true when there is more to send.
    bool continue_boot();
    bool has_boot_to_send() const noexcept { return !closed_ && boot_sent_ != boot_.size(); }
    bool was_ready() const noexcept { return was_ready_; }
    bool retired() const noexcept { return retired_; }
    /// There is nothing that it has yet to answer.
    bool is_idle() const noexcept { return was_ready_ && !asked_; }
    bool can_fork() const noexcept { return is_idle() && !retired_; }

    /// Asks for a process for that worker, with streams of its own unless they are negative. Returns an errno when it
    /// could not be asked.
    int fork(std::size_t worker, os::channel&& pipes, int stdout_fd, int stderr_fd);
    /// What it says next; reports of ended workers go to their processes. Empty when there is nothing more now.
    std::optional<zygote_answer> receive();
    std::optional<std::size_t> forking() const noexcept { return forking_; }
    /// Whatever comes of the fork that is under way, nobody wants it any more: the worker finds its pipes closed, and
    /// ends. Returns whose it was.
    std::optional<std::size_t> give_up_fork() noexcept;

    /// No more forks. Given a `due`, it is killed when it lives on after that; the earliest counts.
    void retire(std::optional<time_point> due) noexcept;
    /// `reason` says why, where a user should know; the first one counts.
    void kill(const std::string& reason) noexcept;
    /// Call when it is dead: nothing will be heard of its workers any more.
    void orphan_workers() noexcept;
    const std::string& reason() const noexcept { return reason_; }

    /// When to look whether it takes too long, by check().
    std::optional<time_point> due() const noexcept { return due_; }
    void check(time_point now) noexcept;

private:
    zygote_answer answer_for(const wire::zygote_message& message, std::vector<os::file_descriptor> descriptors,
                             std::string text);
    zygote_answer forked(const wire::zygote_message& message, std::vector<os::file_descriptor> descriptors);
    void note_end(const wire::zygote_message& message);
    void expect_answer() noexcept;

    std::chrono::nanoseconds start_timeout_;
    detail::byte_buffer boot_;
    std::size_t boot_sent_ = 0;
    os::file_descriptor socket_;
    os::child_process process_;
    std::map<std::uint64_t, std::shared_ptr<os::exit_report>> reports_; // of its living workers, by ticket
    std::uint64_t last_ticket_ = 0;
    bool asked_ = false;                 // for a fork that it has yet to answer
    std::optional<std::size_t> forking_; // for whom; empty when it was given up
    std::optional<os::channel> pipes_;   // of that worker
    bool was_ready_ = false;
    bool retired_ = false;
    bool closed_ = false;
    std::optional<time_point> due_;
    bool looked_once_ = false; // see check()
    std::string reason_;
};

} // namespace penstock::pool

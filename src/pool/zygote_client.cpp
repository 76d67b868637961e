// SPDX-License-Identifier: MIT
#include "pool/zygote_client.hpp"

#include "os/descriptor_socket.hpp"
#include "os/forked_process.hpp"

#include <penstock/detail/byte_archive.hpp>

#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace penstock::pool {

namespace {

using os::io_status;
using wire::zygote_message;
using wire::zygote_verb;
using clock = std::chrono::steady_clock;

constexpr std::size_t piece_size = os::max_socket_packet - sizeof(zygote_message);

/// A child gets two descriptors; the zygote needs one and closes the other.
os::child_process start(os::start_request command, os::file_descriptor& ours) {
    os::socket_ends ends = os::make_socket_pair();
    command.task_read_fd = command.result_write_fd = ends.theirs.get();
    os::child_process started = os::child_process::start(command);
    ours = std::move(ends.ours);
    return started;
}

os::exit_status status_of(const zygote_message& ended) noexcept {
    using how = os::exit_status::how;
    switch (ended.number) {
    case CLD_EXITED: return {how::exited, ended.status};
    case CLD_KILLED:
    case CLD_DUMPED: return {how::signalled, ended.status};
    default: return {};
    }
}

} // namespace

zygote_client::zygote_client(os::start_request command, const wire::zygote_boot& boot, std::chrono::nanoseconds start_timeout)
    : start_timeout_(start_timeout), process_(start(std::move(command), socket_)) {
    detail::output_archive out(boot_);
    out(boot);
    expect_answer();
}

bool zygote_client::continue_boot() {
    const std::span<const std::byte> encoded = boot_.bytes();
    while (has_boot_to_send()) {
        const auto piece = encoded.subspan(boot_sent_, std::min(piece_size, encoded.size() - boot_sent_));
        const zygote_message head{.verb = zygote_verb::boot,
                                  .number = static_cast<std::int64_t>(encoded.size() - boot_sent_ - piece.size())};
        const std::array<iovec, 2> parts{iovec{const_cast<zygote_message*>(&head), sizeof head},
                                         iovec{const_cast<std::byte*>(piece.data()), piece.size()}};
        const os::io_result result = os::send_packet(socket(), parts, {}, os::patience::do_not_wait);
        if (result.status == io_status::would_block) return true;
        if (result.status != io_status::ok) {
            kill(std::string("it could not be told what to do: ") + std::strerror(result.error));
            return false;
        }
        boot_sent_ += piece.size();
    }
    return false;
}

int zygote_client::fork(std::size_t worker, os::channel&& pipes, int stdout_fd, int stderr_fd) {
    const bool has_page = pipes.shared_fd() >= 0;
    const zygote_message head{.verb = zygote_verb::fork, .ticket = last_ticket_ + 1, .number = has_page ? 1 : 0};
    const std::array<iovec, 1> parts{iovec{const_cast<zygote_message*>(&head), sizeof head}};
    std::array<int, 5> ends{pipes.task_read_fd(), pipes.result_write_fd()};
    std::size_t count = 2;
    if (has_page) ends[count++] = pipes.shared_fd();
    if (stdout_fd >= 0 && stderr_fd >= 0) {
        ends[count++] = stdout_fd;
        ends[count++] = stderr_fd;
    }
    const os::io_result result = os::send_packet(socket(), parts, std::span<const int>(ends).first(count), os::patience::do_not_wait);
    if (result.status == io_status::failed) return result.error;
    if (result.status == io_status::would_block) return EAGAIN;
    if (result.status == io_status::closed) kill({}); // what was asked for shares its fate
    ++last_ticket_;
    asked_ = true;
    forking_ = worker;
    pipes_ = std::move(pipes);
    expect_answer();
    return 0;
}

std::optional<zygote_answer> zygote_client::receive() {
    while (!closed_) {
        std::array<std::byte, os::max_socket_packet> packet;
        std::vector<os::file_descriptor> descriptors;
        const os::io_result result = os::receive_packet(socket(), packet, descriptors, os::patience::do_not_wait);
        if (result.status == io_status::would_block) return std::nullopt;
        zygote_message message;
        if (result.status != io_status::ok || result.bytes < sizeof message) {
            closed_ = true;
            if (result.status == io_status::failed) kill(std::string("it could not be heard: ") + std::strerror(result.error));
            if (!due_) expect_answer(); // most likely it is dying, and is helped to if not
            return zygote_answer{.what = zygote_answer::kind::closed};
        }
        std::memcpy(&message, packet.data(), sizeof message);
        if (message.verb == zygote_verb::ended) {
            note_end(message);
            continue;
        }
        const auto* text = reinterpret_cast<const char*>(packet.data());
        return answer_for(message, std::move(descriptors), std::string(text + sizeof message, text + result.bytes));
    }
    return std::nullopt;
}

zygote_answer zygote_client::answer_for(const zygote_message& message, std::vector<os::file_descriptor> descriptors,
                                        std::string text) {
    using kind = zygote_answer::kind;
    if (!retired_) due_.reset();
    if (message.verb == zygote_verb::ready) {
        was_ready_ = true;
        return {.what = kind::ready};
    }
    if (message.verb == zygote_verb::preload_failed) return {.what = kind::preload_failed, .text = std::move(text)};
    asked_ = false;
    if (message.verb == zygote_verb::forked) return forked(message, std::move(descriptors));
    const kind what = message.verb == zygote_verb::threads ? kind::threads : kind::fork_failed;
    return {.what = what, .worker = give_up_fork(), .number = static_cast<int>(message.number)};
}

/// Without its pidfd (no number is free here) the worker ends by itself: nobody holds the other ends of its pipes.
zygote_answer zygote_client::forked(const zygote_message& message, std::vector<os::file_descriptor> descriptors) {
    using kind = zygote_answer::kind;
    if (!forking_ || descriptors.empty()) return {.what = kind::fork_failed, .worker = give_up_fork(), .number = EMFILE};
    const auto report = std::make_shared<os::exit_report>();
    auto process = std::make_unique<os::forked_process>(static_cast<pid_t>(message.number), std::move(descriptors.front()), report);
    reports_.emplace(message.ticket, report);
    zygote_answer answer{.what = kind::forked, .process = std::move(process), .pipes = std::move(pipes_)};
    answer.worker = give_up_fork();
    return answer;
}

void zygote_client::note_end(const zygote_message& message) {
    const auto found = reports_.find(message.ticket);
    if (found == reports_.end()) return;
    found->second->status = status_of(message);
    reports_.erase(found);
}

std::optional<std::size_t> zygote_client::give_up_fork() noexcept {
    pipes_.reset();
    return std::exchange(forking_, std::nullopt);
}

void zygote_client::retire(std::optional<time_point> due) noexcept {
    if (!retired_) ::shutdown(socket(), SHUT_WR);
    retired_ = true;
    if (!due || (due_ && *due_ <= *due)) return;
    due_ = due;
    looked_once_ = true;
}

void zygote_client::kill(const std::string& reason) noexcept {
    if (reason_.empty()) reason_ = reason;
    process_.send_signal(SIGKILL);
}

void zygote_client::orphan_workers() noexcept {
    for (const auto& [ticket, report] : reports_) report->reporter_gone = true;
    reports_.clear();
}

void zygote_client::expect_answer() noexcept {
    looked_once_ = false;
    const auto half = start_timeout_ / 2;
    const auto now = clock::now();
    if (half < time_point::max() - now) due_ = now + half; // "for ever" may be nanoseconds::max()
}

/// Half of the time is given twice, so that one look too late, after a freeze of the whole group, is no verdict.
void zygote_client::check(time_point now) noexcept {
    if (!due_ || now < *due_) return;
    due_.reset();
    if (looked_once_)
        return kill(retired_ ? "it did not end when it was asked to" : "it did not answer within pool_options.start_timeout");
    looked_once_ = true;
    due_ = now + start_timeout_ / 2;
}

} // namespace penstock::pool

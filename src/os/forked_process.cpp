// SPDX-License-Identifier: MIT
#include "os/forked_process.hpp"

#include "os/system_calls.hpp"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace penstock::os {
namespace {

using clock = std::chrono::steady_clock;
constexpr auto patience = std::chrono::milliseconds(500);

bool send_through(int pidfd, int signal, siginfo_t* about) noexcept {
    return ::syscall(SYS_pidfd_send_signal, pidfd, signal, about, 0U) == 0;
}

}  // namespace

forked_process::forked_process(pid_t pid, file_descriptor pidfd, std::shared_ptr<const exit_report> report) noexcept
    : pid_{pid}, pidfd_{std::move(pidfd)}, report_{std::move(report)} {}

bool forked_process::is_dead() const noexcept {
    pollfd ended{pidfd_.get(), POLLIN, 0};
    return calls().poll(&ended, 1, 0) == 1 && ended.revents != 0;
}

std::optional<exit_status> forked_process::try_reap() {
    if (ended_) return ended_;
    if (report_->status) return ended_ = report_->status;
    if (!is_dead()) return std::nullopt;
    if (report_->reporter_gone) return ended_ = reap_orphan();
    if (!dead_since_) dead_since_ = clock::now();
    if (clock::now() - *dead_since_ > patience) ended_ = exit_status{};
    return ended_;
}

// The children of a dead zygote go to the nearest subreaper or to process 1, and in a container that may be us:
// then this is ours to reap. Otherwise nobody tells.
exit_status forked_process::reap_orphan() noexcept {
    siginfo_t info{};
    const int failed = ::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED | WNOHANG);
    if (failed != 0 || info.si_pid == 0) return {};
    return {info.si_code == CLD_EXITED ? exit_status::how::exited : exit_status::how::signalled, info.si_status};
}

bool forked_process::send_signal(int signal) noexcept {
    return !ended_ && send_through(pidfd_.get(), signal, nullptr);
}

bool forked_process::send_signal_with_value(int signal, std::uint64_t value) noexcept {
    siginfo_t about{};
    about.si_signo = signal;
    about.si_code = SI_QUEUE;
    about.si_pid = ::getpid();
    about.si_uid = ::getuid();
    about.si_value.sival_ptr = reinterpret_cast<void*>(value);
    return !ended_ && send_through(pidfd_.get(), signal, &about);
}

}  // namespace penstock::os

// SPDX-License-Identifier: MIT
#include "worker/zygote.hpp"

#include "os/parental_control.hpp"
#include "os/poller.hpp"
#include "os/signal_state.hpp"
#include "os/system_calls.hpp"
#include "os/thread_count.hpp"
#include "wire/exit_code.hpp"
#include "wire/remote_error.hpp"
#include "worker/forced_unwind.hpp"
#include "worker/silent_call.hpp"
#include "worker/standard_output.hpp"
#include "worker/worker_start.hpp"
#include "worker/zygote_line.hpp"

#include <penstock/detail/process_role.hpp>
#include <penstock/detail/task_call.hpp>
#include <penstock/errors.hpp>

#include <cxxabi.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>

namespace penstock::worker {

namespace {

using wire::zygote_verb;
using descriptors = std::vector<os::file_descriptor>;

constexpr std::uint64_t socket_key = 0; // children have their tickets, from 1

/// The text that the pool would have got, had a worker's initializer thrown it.
std::string message_of(const std::exception_ptr& thrown) {
    try {
        std::rethrow_exception(wire::decode_exception(wire::encode_exception(thrown).bytes(), {getpid(), "preload"}));
    } catch (const std::exception& e) {
        return e.what();
    }
}

/// Never goes back, by an exception neither, to the frames below: those are the zygote's. A worker ends in std::exit.
[[noreturn]] void become_worker(pid_t zygote, const descriptors& ends, bool has_page) noexcept {
    os::end_with(zygote);
    // 3 is the zygote's socket, and received descriptors have ascending numbers: each is read before it is overwritten.
    dup2(ends[0].get(), 3);
    dup2(ends[1].get(), 4);
    if (has_page) dup2(ends[2].get(), 5);
    const std::size_t streams = has_page ? 3 : 2;
    for (std::size_t stream = streams; stream != ends.size(); ++stream)
        dup2(ends[stream].get(), stream == streams ? STDOUT_FILENO : STDERR_FILENO);
    closefrom(has_page ? 6 : 5);
    serve_as_worker();
}

/// After preload. Not before: that may have closed every descriptor.
class zygote {
public:
    explicit zygote(zygote_line& pool) : pool_(pool) {}
    /// Until the pool wants no more workers, and those there are have ended.
    void serve();

private:
    struct child {
        pid_t pid = -1;
        os::file_descriptor pidfd;
    };

    void take_request();
    void fork_worker(const wire::zygote_message& wanted, const descriptors& ends);
    child fork_child(const descriptors& ends, bool has_page);
    int watch(std::uint64_t ticket, child& forked);
    void reap(std::uint64_t ticket);

    zygote_line& pool_;
    os::poller poller_;
    std::map<std::uint64_t, child> children_;
    bool wanted_ = true; // the pool may ask for more
};

void zygote::serve() {
    pool_.say({.verb = zygote_verb::ready});
    poller_.add(zygote_line::fd, socket_key, true, false);
    while (wanted_ || !children_.empty())
        for (const os::poller::event& event : poller_.wait(std::nullopt)) {
            if (event.key == socket_key) take_request();
            else reap(event.key);
        }
}

void zygote::take_request() {
    const auto request = pool_.receive();
    if (request && request->message.verb == zygote_verb::fork) return fork_worker(request->message, request->descriptors);
    wanted_ = false;
    poller_.remove(zygote_line::fd);
}

void zygote::fork_worker(const wire::zygote_message& wanted, const descriptors& ends) {
    const std::uint64_t ticket = wanted.ticket;
    const bool has_page = wanted.number != 0;
    if (ends.size() < (has_page ? 3 : 2)) return pool_.say({.verb = zygote_verb::fork_failed, .ticket = ticket, .number = EMFILE});
    if (!os::is_single_threaded()) {
        const auto threads = static_cast<std::int64_t>(os::thread_count());
        return pool_.say({.verb = zygote_verb::threads, .ticket = ticket, .number = threads});
    }
    child forked = fork_child(ends, has_page);
    const int error = forked.pid < 0 ? errno : watch(ticket, forked);
    if (error != 0) return pool_.say({.verb = zygote_verb::fork_failed, .ticket = ticket, .number = error});
    pool_.say({.verb = zygote_verb::forked, .ticket = ticket, .number = forked.pid}, {}, forked.pidfd.get());
    children_.emplace(ticket, std::move(forked));
}

zygote::child zygote::fork_child(const descriptors& ends, bool has_page) {
    flush_standard_output(); // or every worker would print it again
    std::fflush(nullptr);    // what preload opened is closed there, and the number may be another file's
    const pid_t self = getpid();
    child forked;
    forked.pid = ::fork();
    if (forked.pid == 0) become_worker(self, ends, has_page);
    return forked;
}

/// An errno, and the child is gone, when its end could not be noticed: nothing is left behind by a fork that failed.
int zygote::watch(std::uint64_t ticket, child& forked) {
    int error = 0;
    try {
        forked.pidfd = os::above_stdio(os::file_descriptor(os::calls().pidfd_open(forked.pid, 0)));
        if (!forked.pidfd) error = errno;
        else poller_.add(forked.pidfd.get(), ticket, true, false);
    } catch (const std::system_error& e) {
        error = e.code().value();
    }
    if (error == 0) return 0;
    kill(forked.pid, SIGKILL);
    waitpid(forked.pid, nullptr, 0);
    return error;
}

void zygote::reap(std::uint64_t ticket) {
    const auto found = children_.find(ticket);
    if (found == children_.end()) return;
    siginfo_t about{};
    if (waitid(P_PID, static_cast<id_t>(found->second.pid), &about, WEXITED | WNOHANG) == 0 && about.si_pid == 0) return;
    poller_.remove(found->second.pidfd.get());
    children_.erase(found);
    pool_.say({.verb = zygote_verb::ended, .status = about.si_status, .ticket = ticket, .number = about.si_code});
}

/// Empty when it went well, else the message of what it threw.
PENSTOCK_CATCHES_FORCED_UNWIND std::optional<std::string> preload(const wire::zygote_boot& boot) {
    if (!boot.has_preload) return std::nullopt;
    try {
        run_silently(boot.preload, boot.preload_arguments);
        return std::nullopt;
    } catch (const abi::__forced_unwind&) { // pthread_exit
        _exit(wire::exit_thread_ended);
    } catch (const detail::crossing_failure& failure) {
        return payload_error(failure.side, failure.type_name, failure.reason).what();
    } catch (...) {
        return message_of(std::current_exception());
    }
}

[[noreturn]] void serve(zygote_line& pool) {
    try {
        zygote(pool).serve();
        std::exit(0);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "penstock: zygote %d ends: %s\n", static_cast<int>(getpid()), e.what());
        _exit(wire::exit_lost_connection);
    }
}

} // namespace

void run_zygote() {
    zygote_line pool;
    const wire::zygote_boot boot = pool.receive_boot();
    detail::this_process().pool_depth = boot.pool_depth;
    const os::signal_state clean; // what a worker that is started otherwise has
    if (const auto problem = preload(boot)) {
        pool.say({.verb = zygote_verb::preload_failed}, *problem);
        std::exit(0);
    }
    clean.restore();
    serve(pool);
}

} // namespace penstock::worker

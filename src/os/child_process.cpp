// SPDX-License-Identifier: MIT
#include "os/child_process.hpp"

#include "os/cpu_affinity.hpp"
#include "os/executable.hpp"
#include "os/file_descriptor.hpp"
#include "os/parental_control.hpp"
#include "os/spawn_settings.hpp"
#include "os/system_calls.hpp"

#include <penstock/errors.hpp>

#if __has_include(<boost/process/v1/child.hpp>)
#    include <boost/process/v1/child.hpp>
namespace boost_process = boost::process::v1;
#else
#    include <boost/process/child.hpp>
namespace boost_process = boost::process;
#endif

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

namespace penstock::os {

struct child_process::holder {
    boost_process::child process;  // reaps it; adopted ones are left alone by its destructor
    pid_t pid = -1;
    file_descriptor pidfd;
    std::optional<exit_status> ended;
};

namespace {

// A child inherits the CPUs of the thread that spawns it, and an I/O thread may be pinned.
class spawn_with_process_affinity {
public:
    spawn_with_process_affinity() try {
        cpu_affinity mine = cpu_affinity::of(0);
        const cpu_affinity of_process = cpu_affinity::of(::getpid());
        if (!(mine == of_process) && of_process.apply_to_this_thread()) mine_ = std::move(mine);
    } catch (const std::system_error&) {  // refused by a sandbox: the child gets what this thread has
    }
    ~spawn_with_process_affinity() {
        if (mine_) static_cast<void>(mine_->apply_to_this_thread());
    }
    spawn_with_process_affinity(const spawn_with_process_affinity&) = delete;
    spawn_with_process_affinity& operator=(const spawn_with_process_affinity&) = delete;

private:
    std::optional<cpu_affinity> mine_;  // what to restore, when it had to be changed
};

[[noreturn]] void fail(const start_request& request, int error) {
    throw start_error("cannot start a worker process", request.path, error);
}

// The child gets 3 and 4 (and 1 and 2, where they are not ours) by dup2, which would leave a descriptor that has
// this number already close-on-exec, and the first dup2 would overwrite one that has the other's number. Ends
// below 6 are therefore moved up for the spawn. Negative ones stand for no descriptor.
class clear_of_targets {
public:
    explicit clear_of_targets(int fd) : fd_{fd} {
        if (fd >= 6 || fd < 0) return;
        moved_.reset(calls().fcntl(fd, F_DUPFD_CLOEXEC, 6));
        if (!moved_) throw std::system_error(errno, std::generic_category(), "fcntl(F_DUPFD_CLOEXEC)");
        fd_ = moved_.get();
    }
    [[nodiscard]] int get() const noexcept { return fd_; }

private:
    int fd_;
    file_descriptor moved_;
};

std::vector<char*> as_pointers(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
    pointers.push_back(nullptr);
    return pointers;
}

pid_t spawn(const start_request& request) {
    const clear_of_targets task_end{request.task_read_fd};
    const clear_of_targets result_end{request.result_write_fd};
    const clear_of_targets shared_end{request.shared_fd};
    const clear_of_targets stdout_end{request.stdout_fd};
    const clear_of_targets stderr_end{request.stderr_fd};
    const spawn_settings settings{task_end.get(), result_end.get(), shared_end.get(), stdout_end.get(),
                                  stderr_end.get()};
    const std::vector<char*> argv = as_pointers(request.arguments);
    std::vector<char*> environment;
    if (request.environment != nullptr) environment = as_pointers(*request.environment);
    char* const* const envp = request.environment != nullptr ? environment.data() : ::environ;
    const spawn_with_process_affinity affinity;
    pid_t pid = -1;
    const int error = calls().posix_spawn(&pid, request.path.c_str(), settings.actions(),
                                          settings.attributes(), argv.data(), envp);
    if (error != 0) fail(request, error);
    return pid;
}

file_descriptor open_pidfd(pid_t pid) noexcept {
    try {
        return above_stdio(file_descriptor{calls().pidfd_open(pid, 0)});
    } catch (const std::system_error&) {
        return {};  // no number free: the child is watched by try_reap() on a tick
    }
}

/// Never goes back, by an exception neither, to the frames below: those are the parent's.
[[noreturn]] void run_as_copy(pid_t parent, const std::function<int()>& body) noexcept {
    end_with(parent);
    ::_exit(body());
}

exit_status status_of(const siginfo_t& info) noexcept {
    using how = exit_status::how;
    return {info.si_code == CLD_EXITED ? how::exited : how::signalled, info.si_status};
}

}  // namespace

child_process::child_process(std::unique_ptr<holder> child) noexcept : child_{std::move(child)} {}
child_process::child_process(child_process&&) noexcept = default;
child_process& child_process::operator=(child_process&&) noexcept = default;
child_process::~child_process() = default;

child_process child_process::start(const start_request& request) {
    auto child = std::make_unique<holder>();
    try {
        child->pid = spawn(request);
    } catch (const std::system_error& failure) {  // of the preparations, such as EMFILE
        fail(request, failure.code().value());
    }
    return adopt(std::move(child));
}

child_process child_process::fork(const std::function<int()>& body) {
    auto child = std::make_unique<holder>();
    const pid_t parent = ::getpid();
    child->pid = calls().fork();
    if (child->pid == 0) run_as_copy(parent, body);
    const int error = errno;
    if (child->pid < 0) throw start_error("cannot fork", describe_path(), error);
    return adopt(std::move(child));
}

child_process child_process::adopt(std::unique_ptr<holder> child) {
    try {
        child->process = boost_process::child(child->pid);
    } catch (...) {  // out of memory: nobody would ever look after this child
        ::kill(child->pid, SIGKILL);
        ::waitpid(child->pid, nullptr, 0);
        throw;
    }
    child->pidfd = open_pidfd(child->pid);
    return child_process{std::move(child)};
}

pid_t child_process::pid() const noexcept { return child_->pid; }

int child_process::pidfd() const noexcept { return child_->pidfd.get(); }

std::optional<exit_status> child_process::try_reap() {
    if (child_->ended) return child_->ended;
    // Look first and leave the child waitable: Boost.Process stores 0, a successful exit, when waitpid says
    // ECHILD.
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(child_->pid), &info, WEXITED | WNOHANG | WNOWAIT) < 0) {
        if (errno != ECHILD) return std::nullopt;
        child_->ended = exit_status{exit_status::how::unknown, 0};
        return child_->ended;
    }
    if (info.si_pid == 0) return std::nullopt;
    std::error_code ignored;
    static_cast<void>(child_->process.running(ignored));
    child_->ended = status_of(info);
    return child_->ended;
}

bool child_process::send_signal(int signal) noexcept {
    if (child_->ended) return false;
    if (child_->pidfd) {  // names this very child; its pid may be another process when somebody else has
                          // reaped it
        const long sent = ::syscall(SYS_pidfd_send_signal, child_->pidfd.get(), signal, nullptr, 0U);
        if (sent == 0 || errno != ENOSYS) return sent == 0;
    }
    return ::kill(child_->pid, signal) == 0;
}

bool child_process::send_signal_with_value(int signal, std::uint64_t value) noexcept {
    if (child_->ended) return false;
    sigval carried{};
    carried.sival_ptr = reinterpret_cast<void*>(value);
    return ::sigqueue(child_->pid, signal, carried) == 0;
}

}  // namespace penstock::os

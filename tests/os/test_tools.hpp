// SPDX-License-Identifier: MIT
// What the tests of os/ share: a guard for the seam, code run in a forked process, and children that report
// through their result pipe. Nothing here sleeps; the test runner's time limit ends a wait that never would.
#pragma once

#include "os/child_process.hpp"
#include "os/pipe.hpp"
#include "os/system_calls.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

namespace penstock::os::test {

/// Puts the real system calls back.
class seam_guard {
public:
    seam_guard() = default;
    ~seam_guard() { calls() = saved_; }
    seam_guard(const seam_guard&) = delete;
    seam_guard& operator=(const seam_guard&) = delete;

    [[nodiscard]] const system_calls& real() const noexcept { return saved_; }

private:
    system_calls saved_ = calls();
};

/// Runs `body` in a forked process and returns what it returned (0 to 125), 126 for an exception, 127 for a
/// signal. For what must not happen to the test itself, such as closing stdin. No thread may run beside it.
template <typename Body>
int in_fork(Body body) {
    const pid_t pid = ::fork();
    if (pid < 0) return 127;
    if (pid == 0) {
        int code = 126;
        try {
            code = body();
        } catch (...) {
        }
        ::_exit(code);
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

/// Everything until the last writer is gone.
inline std::string read_all(int fd) {
    std::string text;
    char buffer[4096];
    while (true) {
        const io_result got = read_some(fd, buffer, sizeof buffer);
        if (got.status != io_status::ok) return text;
        text.append(buffer, got.bytes);
    }
}

/// Blocks until the child is dead (it stays waitable), then reaps it.
inline exit_status end_of(child_process& child) {
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
    }
    return child.try_reap().value();
}

/// A child with both pipes; the parent keeps the ends that it would keep in earnest.
struct started_child {
    child_process process;
    file_descriptor task_write_end;
    file_descriptor result_read_end;
};

inline started_child start(const std::string& path, std::vector<std::string> arguments) {
    pipe_ends task = make_pipe();
    pipe_ends result = make_pipe();
    child_process child =
        child_process::start({path, std::move(arguments), task.read_end.get(), result.write_end.get()});
    return {std::move(child), std::move(task.write_end), std::move(result.read_end)};
}

inline started_child start_shell(const std::string& script) { return start("/bin/sh", {"sh", "-c", script}); }

/// What a shell script writes to its result pipe.
inline std::string report_of(const std::string& script) {
    started_child child = start_shell(script);
    std::string text = read_all(child.result_read_end.get());
    static_cast<void>(end_of(child.process));
    return text;
}

}  // namespace penstock::os::test

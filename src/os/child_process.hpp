// SPDX-License-Identifier: MIT
// Starts one child process and looks after its end. Started by our own posix_spawn launcher, held by
// Boost.Process.
//
// The child gets: /dev/null as its stdin, our stdout and stderr, its task pipe as 3, its result pipe as 4, no
// other descriptor; an empty signal mask, default dispositions, the environment, and the CPUs of the process
// (those of the main thread, not those of the thread that spawns). Threads: one at a time for each object;
// start() from any thread, but PR_SET_PDEATHSIG in a child is tied to the thread that started it. Owns the
// pidfd; the pipe ends of a request stay the caller's. Failure: start_error with the path and errno. No child
// is left behind by a start that failed.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace penstock::os {

struct exit_status {
    enum class how {
        exited,     ///< value is the exit code
        signalled,  ///< value is the signal's number
        unknown,    ///< it is dead, but somebody else has its status (SIGCHLD ignored, a foreign waitpid)
    };
    how kind = how::unknown;
    int value = 0;
};

struct start_request {
    std::string path;                    ///< opened as it is, PATH is not searched
    std::vector<std::string> arguments;  ///< argv, [0] included
    int task_read_fd = -1;               ///< becomes 3 in the child
    int result_write_fd = -1;            ///< becomes 4 in the child
};

class child_process {
public:
    static child_process start(const start_request& request);

    child_process(child_process&& other) noexcept;
    child_process& operator=(child_process&& other) noexcept;
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;
    /// Leaves a running child alone: whoever wants it dead says so with send_signal().
    ~child_process();

    [[nodiscard]] pid_t pid() const noexcept;
    /// Readable (for a poller) once the child is dead; -1 where the kernel has no pidfd_open or no number was
    /// free: then call try_reap() on a tick. Open until this object is destroyed.
    [[nodiscard]] int pidfd() const noexcept;
    /// Empty while the child lives; afterwards its status, always the same. Never blocks.
    std::optional<exit_status> try_reap();
    /// False when nothing was sent: the child was reaped, is gone, or refused the signal.
    bool send_signal(int signal) noexcept;
    /// The same with a value for the handler's siginfo_t (sigqueue).
    bool send_signal_with_value(int signal, std::uint64_t value) noexcept;

private:
    struct holder;
    explicit child_process(std::unique_ptr<holder> child) noexcept;

    std::unique_ptr<holder> child_;
};

}  // namespace penstock::os

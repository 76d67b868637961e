// SPDX-License-Identifier: MIT
// Starts one child process and looks after its end. Started by our own posix_spawn launcher (or, where it is to be a copy
// of this process, by fork), held by Boost.Process.
//
// A child that was spawned gets: /dev/null as its stdin, our stdout and stderr or what the request names, its task pipe as 3,
// its result pipe as 4, shared memory as 5 where there is some, no other descriptor; an empty signal mask, default
// dispositions, our environment or the request's, and the CPUs of the process (those of the main thread, not those of
// the thread that spawns).
// Threads: one at a time for each object; start() from any thread, but PR_SET_PDEATHSIG in a child is tied to
// the thread that started it. Owns the pidfd; the descriptors of a request stay the caller's. Failure:
// start_error with the path and errno. No child is left behind by a start that failed.
#pragma once

#include "os/spawn_settings.hpp"
#include "os/worker_process.hpp"

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace penstock::os {

struct start_request {
    std::string path;                    ///< opened as it is, PATH is not searched
    std::vector<std::string> arguments;  ///< argv, [0] included
    int task_read_fd = -1;               ///< becomes 3 in the child
    int result_write_fd = -1;            ///< becomes 4 in the child
    /// "NAME=value" each; null for the environment of this process. Read during start() only.
    const std::vector<std::string>* environment = nullptr;
    int stdout_fd = stream_inherited;  ///< a descriptor that becomes 1 in the child, or stream_discarded
    int stderr_fd = stream_inherited;  ///< the same for 2
    int shared_fd = -1;                ///< becomes 5 in the child, unless it is negative
};

class child_process final : public worker_process {
public:
    static child_process start(const start_request& request);
    /// A copy of this process, as fork() makes it: `body` runs there in place of all that would follow, and what it returns
    /// is the exit code; neither exit handlers nor destructors of static objects run. It is killed when the calling thread
    /// ends. For a process with one thread: what other threads hold locked stays so in the copy.
    static child_process fork(const std::function<int()>& body);

    child_process(child_process&& other) noexcept;
    child_process& operator=(child_process&& other) noexcept;
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;
    /// Leaves a running child alone: whoever wants it dead says so with send_signal().
    ~child_process() override;

    [[nodiscard]] pid_t pid() const noexcept override;
    /// Readable (for a poller) once the child is dead; -1 where the kernel has no pidfd_open or no number was
    /// free: then call try_reap() on a tick. Open until this object is destroyed.
    [[nodiscard]] int pidfd() const noexcept override;
    /// Empty while the child lives; afterwards its status, always the same. Never blocks.
    std::optional<exit_status> try_reap() override;
    /// False when nothing was sent: the child was reaped, is gone, or refused the signal.
    bool send_signal(int signal) noexcept override;
    /// The same with a value for the handler's siginfo_t (sigqueue).
    bool send_signal_with_value(int signal, std::uint64_t value) noexcept override;

private:
    struct holder;
    explicit child_process(std::unique_ptr<holder> child) noexcept;
    static child_process adopt(std::unique_ptr<holder> child);

    std::unique_ptr<holder> child_;
};

}  // namespace penstock::os

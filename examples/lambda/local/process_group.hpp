// SPDX-License-Identifier: MIT
// A program in a process group of its own, with everything it starts there. The object owns the group: the destructor
// kills what is left of it and waits for the program. Its members may be called from any thread; `ended` is called once,
// on a thread of the object's own, when the program has ended. Throws std::system_error where it cannot be started.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace lambda_local {

struct program {
    std::vector<std::string> command;      // the first is the file, looked for on PATH when it is a mere name
    std::vector<std::string> environment;  // NAME=VALUE, all of them
    std::string directory;                 // to start in
};

class process_group {
public:
    // Standard input is /dev/null; standard output goes to standard error, which is the log.
    process_group(const program& what, std::function<void()> ended);
    ~process_group();
    process_group(const process_group&) = delete;
    process_group& operator=(const process_group&) = delete;

    // Of the program, which leads the group.
    [[nodiscard]] pid_t id() const noexcept { return id_; }
    void freeze() const;
    void thaw() const;
    void kill() const;
    // SIGTERM for the whole group, which is thawed first: what wraps the program is expected not to mind.
    void ask_to_end() const;
    // Of the program, once `ended` was called: its exit status, or 128 + the signal.
    [[nodiscard]] int exit_status() const;

private:
    void send(int signal) const;

    pid_t id_ = -1;
    std::thread watching_;
};

}  // namespace lambda_local

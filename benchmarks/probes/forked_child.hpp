// SPDX-License-Identifier: MIT
// A function in a forked process; killed when this object or the program ends, whichever comes first.
#pragma once

#include "probes/raw_pipe.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

namespace penstock::bench {

class forked_child {
public:
    template <class F>
    explicit forked_child(F&& body) {
        const pid_t parent = getpid();
        pid_ = fork();
        if (pid_ < 0) throw_errno("fork");
        if (pid_ == 0) run(parent, body);
    }
    forked_child(forked_child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
    forked_child(const forked_child&) = delete;
    forked_child& operator=(const forked_child&) = delete;
    ~forked_child() {
        if (pid_ < 0) return;
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }

private:
    template <class F>
    [[noreturn]] static void run(pid_t parent, F& body) noexcept {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(1);  // the parent died before the kernel knew of our wish
        try {
            body();
        } catch (...) {
            _exit(1);  // the parent finds a pipe closed, or its own deadline
        }
        _exit(0);
    }

    pid_t pid_ = -1;
};

}  // namespace penstock::bench

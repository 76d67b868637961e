// SPDX-License-Identifier: MIT
// Pieces for starting this program as a child process. Main thread.
#pragma once

#include <spawn.h>
#include <sys/types.h>

#include <array>
#include <string>
#include <vector>

namespace s3_program {

// Closed on exec, and in the destructor when they still are open.
struct pipe_ends {
    pipe_ends();
    ~pipe_ends();
    pipe_ends(const pipe_ends&) = delete;
    pipe_ends& operator=(const pipe_ends&) = delete;

    void close(std::size_t which) noexcept;

    std::array<int, 2> ends{-1, -1};  // to read from, to write to
};

class spawn_plan {
public:
    spawn_plan();
    ~spawn_plan();
    spawn_plan(const spawn_plan&) = delete;
    spawn_plan& operator=(const spawn_plan&) = delete;

    // The child's `descriptor` is a copy of ours.
    void give(int ours, int descriptor);
    // What the child writes there is lost.
    void discard(int descriptor);

    // This program itself with these arguments and variables ("NAME=value"), in a process group of its own, so
    // that Ctrl-C reaches only us. Throws std::system_error.
    [[nodiscard]] pid_t start(const std::vector<std::string>& arguments,
                              const std::vector<std::string>& variables);

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

// This process's own variables, as spawn_plan takes them.
[[nodiscard]] std::vector<std::string> own_variables();

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// What a worker process starts with: its descriptors and its signals, in the form that posix_spawn takes.
//
// Threads: one at a time. It owns posix_spawn's two objects, and no descriptor. Failure: std::system_error
// naming the call; that is ENOMEM in practice.
#pragma once

#include <spawn.h>

namespace penstock::os {

/// What a child may get as its stdout or stderr in place of a descriptor.
inline constexpr int stream_inherited = -1;  ///< ours; /dev/null when we have none
inline constexpr int stream_discarded = -2;  ///< /dev/null

class spawn_settings {
public:
    /// Descriptors must be 6 or more, or a dup2 of one would hit another. `shared_fd` may be negative: none.
    spawn_settings(int task_read_fd, int result_write_fd, int shared_fd, int stdout_fd = stream_inherited,
                   int stderr_fd = stream_inherited);
    ~spawn_settings();
    spawn_settings(const spawn_settings&) = delete;
    spawn_settings& operator=(const spawn_settings&) = delete;

    [[nodiscard]] const posix_spawn_file_actions_t* actions() const noexcept { return &actions_; }
    [[nodiscard]] const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

private:
    void set_descriptors(int task_read_fd, int result_write_fd, int shared_fd, int stdout_fd, int stderr_fd);
    void set_signals();

    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

}  // namespace penstock::os

// SPDX-License-Identifier: MIT
// This program once more, as a child process that is timed from outside. Main thread.
#pragma once

#include <string>
#include <vector>

namespace s3_program {

struct watched_run {
    double seconds = 0;      // from just before the start until the process and its workers had ended
    double cpu_seconds = 0;  // of the process and of the workers it waited for
    int status = 0;          // exit status, or 128 + the signal
    std::string complaint;   // the first line it wrote to standard error
};

// Runs it on the first `cpus` of the CPUs that this process may use. Ctrl-C is passed on, and the end waited for.
// Throws std::system_error when it cannot be started.
[[nodiscard]] watched_run run_watched(const std::vector<std::string>& arguments,
                                      const std::vector<std::string>& variables, unsigned cpus);

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// The set of CPUs a thread may run on, for machines of any size (the plain cpu_set_t ends at 1024).
//
// A value: copy it freely. Threads: any. Failure: of() throws std::system_error naming sched_getaffinity.
#pragma once

#include <sched.h>

#include <cstddef>
#include <vector>

namespace penstock::os {

class cpu_affinity {
public:
    /// Of one thread: 0 means the calling one. The id of the process names its main thread.
    static cpu_affinity of(pid_t thread);

    /// False when the kernel refuses, for example because a cpuset has shrunk in between.
    [[nodiscard]] bool apply_to_this_thread() const noexcept;
    [[nodiscard]] unsigned count() const noexcept;
    bool operator==(const cpu_affinity& other) const noexcept;

private:
    [[nodiscard]] std::size_t size_in_bytes() const noexcept { return words_.size() * sizeof(cpu_set_t); }

    std::vector<cpu_set_t> words_;  ///< the kernel's mask, as many pieces of 1024 CPUs as it needs
};

}  // namespace penstock::os

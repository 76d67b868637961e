// SPDX-License-Identifier: MIT
// What a worker process may use of the machine: {.limits = {.address_space = 2u << 30, .core_size = 0}}. A plain value.
//
// They are set in the worker before its initializer, hard and soft alike, so neither a task nor what it starts can raise
// them (root can). A limit that cannot be set ends the pool with pool_broken, whose text names the call and the reason.
// They contain accidents; they are no walls against code that means harm (docs/threat-model.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace penstock {

struct worker_limits {
    /// RLIMIT_AS, bytes of address space: what needs more gets std::bad_alloc. Libraries, stacks and the allocator's
    /// reserves count too (64 MiB for each thread with glibc), so leave generous room.
    std::optional<std::uint64_t> address_space = std::nullopt;
    /// RLIMIT_CPU, processor time of a worker in its whole life, all its tasks and threads together. Then the kernel
    /// sends SIGXCPU, which ends the worker, and a second later SIGKILL, should a task have a handler: the task that
    /// runs gets worker_died, and a new worker with a new allowance takes the place.
    std::optional<std::chrono::seconds> cpu_time = std::nullopt;
    /// RLIMIT_NOFILE, one more than the highest descriptor number: 0 to 4 are taken by the worker itself.
    std::optional<std::uint64_t> open_files = std::nullopt;
    /// RLIMIT_CORE, bytes of a core file; 0 writes none.
    std::optional<std::uint64_t> core_size = std::nullopt;
    /// Added to the nice value: positive ones give way to others, negative ones need the privilege.
    std::optional<int> nice = std::nullopt;

    bool operator==(const worker_limits&) const = default;
};

} // namespace penstock

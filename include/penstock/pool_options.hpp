// SPDX-License-Identifier: MIT
// Options: plain structs whose members all have defaults, filled by designated initialisers:
//   process_pool pool{{.workers = 4, .initializer = call(load_model, "weights.bin")}};
//   pool.submit({.label = "tile 17"}, render, tile);
// Both pools take the same types; a field that makes no sense for a pool is refused with std::invalid_argument.
#pragma once

#include <penstock/detail/bound_call.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace penstock {

struct pool_options {
    /// How many workers; 0 means available_cpus().
    std::size_t workers = 0;
    /// Runs in every worker before its first task, replacements included. If it throws, every future gets the message.
    bound_call initializer = {};
    /// How long a worker process may take from its start until it is ready (its initializer included).
    std::chrono::nanoseconds start_timeout = std::chrono::seconds(10);
    /// How long a worker process that was asked to end may take before it is made to.
    std::chrono::nanoseconds grace = std::chrono::seconds(2);
    /// The largest encoded task or result, in bytes; more is a payload_error.
    std::uint64_t max_payload = std::uint64_t{8} << 30;
};

struct task_options {
    /// Names the task in errors.
    std::string label = {};
};

struct map_options {
    /// How many items make one task; 0 lets the pool choose, so that a task holds at most a millisecond of work.
    std::size_t chunk = 0;
    /// Counts from the call; then the rest is cancelled and reading it throws task_timeout. 0 means no limit.
    std::chrono::nanoseconds timeout = std::chrono::nanoseconds(0);
    /// How many items may be taken from the ranges beyond those already delivered; 0 lets the pool choose.
    std::size_t ahead = 0;
    /// Names the tasks in errors.
    std::string label = {};
};

enum class shutdown_mode {
    drain,          ///< run everything that was submitted
    cancel_pending, ///< finish what runs; the rest ends with task_cancelled
    kill,           ///< end the workers at once; what ran or waited ends with pool_closed
};

} // namespace penstock

// SPDX-License-Identifier: MIT
// What the dispatcher knows of a task: its number, where it is, and its links. A task is in exactly one place: in the
// queue, waiting for its next attempt, at one worker, or nowhere (done). The rest of the task (bytes, result) is none of
// the dispatcher's business.
#pragma once

#include <penstock/pool_options.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace penstock::pool {

/// Why a running task was told to stop; it ends accordingly, whatever it answers.
enum class verdict : std::uint8_t { none, timed_out, cancelled };

struct task_entry {
    static constexpr std::int32_t nowhere = -3;
    static constexpr std::int32_t delayed = -2;
    static constexpr std::int32_t queued = -1;

    std::uint64_t id = 0;
    task_entry* previous = nullptr;
    task_entry* next = nullptr;
    std::chrono::nanoseconds timeout{0}; ///< from the moment it runs; 0 for none
    std::int32_t place = nowhere;        ///< nowhere, delayed, queued, or the number of the worker that has it
    std::int32_t only = -1;              ///< the one worker that may run it, or -1
    task_priority priority = task_priority::normal;
    bool exclusive = false;              ///< too large for a packet: goes to a worker that has nothing else
    verdict stopped = verdict::none;
};

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// What the dispatcher knows of a task: its number, where it is, and its links. A task is in exactly one place: in the
// queue, at one worker, or nowhere (done). The rest of the task (bytes, result) is none of the dispatcher's business.
#pragma once

#include <cstddef>
#include <cstdint>

namespace penstock::pool {

struct task_entry {
    static constexpr std::int32_t nowhere = -2;
    static constexpr std::int32_t queued = -1;

    std::uint64_t id = 0;
    task_entry* previous = nullptr;
    task_entry* next = nullptr;
    std::int32_t place = nowhere; ///< nowhere, queued, or the number of the worker that has it
    bool exclusive = false;       ///< too large for a packet: goes to a worker that has nothing else
};

} // namespace penstock::pool

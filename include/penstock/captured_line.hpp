// SPDX-License-Identifier: MIT
// One line that a worker printed, as worker_output::on_line is told. A plain value.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace penstock {

enum class output_stream {
    standard_output,
    standard_error,
};

struct captured_line {
    std::size_t worker = 0;    ///< its place in the pool, from 0
    pid_t pid = 0;             ///< its process
    std::uint64_t task_id = 0; ///< the task that ran there; 0 outside tasks (initializer, finalizer, exit)
    std::string task_label;    ///< that task's label
    output_stream stream = output_stream::standard_output;
    std::string text;          ///< without the newline
    /// Not 0 in one extra line after a task of which not everything was kept: so many bytes of both streams are
    /// missing. `text` says the same in words.
    std::uint64_t dropped = 0;
};

} // namespace penstock

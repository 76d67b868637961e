// SPDX-License-Identifier: MIT
// What becomes of the text that workers print: {.output = {.mode = output_mode::capture, .on_line = show}}. A plain value.
//
// Capturing. Lines come with the task that ran when they were printed, one at a time, on the pool's callback thread: each
// stream of a worker in its order, the two streams of a worker in no particular order. A line that a task leaves without
// a newline ends with the task; one longer than 64 KiB comes in pieces. All lines of a task are on their way to the
// callback before its future is ready (get() may return before they arrive, an on_done callback of the task comes after
// them), and all of a pool have arrived when its destructor returns. What on_line throws is reported on standard error.
//
// Memory is bounded and the pool never waits for the callback: text beyond `limit` of a task, or beyond 16 MiB (`limit`,
// if that is more) that the callback has not taken yet, is dropped, counted, and said once for each task. What a thread
// or child that a task left behind prints later counts for whichever task runs then; when the worker is gone, what is in
// the pipe still arrives, and a child that goes on printing gets SIGPIPE.
//
// To know whose text it is, a pool that captures gives each worker one task at a time: tiny tasks take longer. A worker
// then costs the pool two more descriptors.
#pragma once

#include <penstock/captured_line.hpp>

#include <cstdint>
#include <functional>

namespace penstock {

enum class output_mode {
    inherit, ///< goes where this process prints
    discard, ///< goes to /dev/null
    capture, ///< goes to worker_output::on_line
};

struct worker_output {
    output_mode mode = output_mode::inherit;
    /// Only, and always, with output_mode::capture.
    std::function<void(const captured_line&)> on_line = {};
    /// Bytes kept of each task, both streams together; 0 means no limit.
    std::uint64_t limit = std::uint64_t{1} << 20;
};

} // namespace penstock

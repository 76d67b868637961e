// SPDX-License-Identifier: MIT
// What a running task may ask and say about itself. Outside a task id() is 0, nobody asks anything to stop, and progress
// goes nowhere. In a worker process any thread of
// the task may call these, in a thread pool the one that runs it. None of them throws or waits.
#pragma once

#include <cstdint>

namespace penstock::this_task {

/// The task's number, which no other task of its pool has. Counted from 1; in a thread pool, only those that ask. With a
/// retry_policy each attempt has one of its own.
std::uint64_t id() noexcept;
/// True once the task's deadline has passed or it was cancelled with force: it has the pool's grace to come to an end.
bool stop_requested() noexcept;
/// Tells future::progress() how far the task is, from 0 to 1.
void progress(double fraction) noexcept;

} // namespace penstock::this_task

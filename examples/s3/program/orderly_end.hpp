// SPDX-License-Identifier: MIT
// Ends by signals in order: SIGTERM and SIGHUP end a command as Ctrl-C does, and a reader of stdout that has gone does
// not kill it. Main thread.
#pragma once

#include <functional>

namespace s3_program {

// 128 and the number of the signal that came.
[[nodiscard]] int status_of_signal() noexcept;

// What the command returns, or status_of_signal() when it threw because a signal had come. Other exceptions pass.
[[nodiscard]] int in_order(const std::function<int()>& command);

}  // namespace s3_program

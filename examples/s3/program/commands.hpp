// SPDX-License-Identifier: MIT
// What main() calls: each does one command and returns the exit status, 0 when all went well, 1 when
// something failed, 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP. They print to stdout what people want to know, to stderr progress and
// errors. Main thread. They throw usage_error, and std::exception for what leaves nothing to do.
#pragma once

#include "program/options.hpp"

namespace s3_program {

inline constexpr int status_failed = 1;
inline constexpr int status_interrupted = 128 + 2;

[[nodiscard]] int list(const options& wanted);
[[nodiscard]] int fetch(const options& wanted);
[[nodiscard]] int copy(const options& wanted);
[[nodiscard]] int put(const options& wanted);
[[nodiscard]] int sweep(const options& wanted);
[[nodiscard]] int fanout(const options& wanted);
[[nodiscard]] int demo(const options& wanted);

}  // namespace s3_program

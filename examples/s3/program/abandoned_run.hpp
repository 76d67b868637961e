// SPDX-License-Identifier: MIT
// The runs of this process that nobody waits for any more: what threads still do for them, they stop. Any thread.
#pragma once

#include <cstdint>

namespace s3_program {

// Runs are numbered as they begin (work_order::run), one after the other: those before it are given up, too.
void abandon_run(std::uint64_t run) noexcept;

[[nodiscard]] bool run_abandoned(std::uint64_t run) noexcept;

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// Runs the program again and again, in all settings of a grid. Main thread.
#pragma once

#include "client/credential_source.hpp"
#include "program/options.hpp"
#include "program/sweep/measured.hpp"

namespace s3_program {

// Repetition by repetition, all cells in each: what the machine does meanwhile hits all of them. A cell with more CPUs
// than there are is not measured; one with a run that went wrong has failed, and the rest goes on. Throws
// example_common::interrupted after Ctrl-C, and what looking at the bucket throws.
[[nodiscard]] sweep_report run_sweep(const options& wanted, s3::credential_source& keys);

[[nodiscard]] bool any_failed(const sweep_report& all);

// "2026-11-21 18:30, 4 usable CPUs (AMD EPYC), load average 0.5".
[[nodiscard]] std::string describe_machine();

}  // namespace s3_program

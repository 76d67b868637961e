// SPDX-License-Identifier: MIT
// Reads back the summary that a run writes with --json. Pure, any thread.
#pragma once

#include "program/sweep/measured.hpp"

#include <string>

namespace s3_program {

// Times, objects and rates; what only the observer of the process knows stays 0. A run that had errors, passed
// objects over or was stopped has a failure. Throws std::runtime_error when it is no such summary.
[[nodiscard]] sweep_run read_run_summary(const std::string& json);

}  // namespace s3_program

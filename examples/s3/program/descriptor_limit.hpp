// SPDX-License-Identifier: MIT
// Whether this process may open as many connections as a run wants. Any thread.
#pragma once

#include "program/run.hpp"

namespace s3_program {

// Throws usage_error, which names both numbers.
void check_descriptor_limit(const run_settings& wanted);

}  // namespace s3_program

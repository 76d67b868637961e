// SPDX-License-Identifier: MIT
// A sweep for other programs. Pure, any thread.
#pragma once

#include "program/sweep/measured.hpp"

#include <string>

namespace s3_program {

// A record for each run; one without figures and with a note for a cell that was not measured.
[[nodiscard]] std::string csv_of(const sweep_report& all);

[[nodiscard]] std::string json_of(const sweep_report& all);

}  // namespace s3_program

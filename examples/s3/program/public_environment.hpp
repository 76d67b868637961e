// SPDX-License-Identifier: MIT
// This process's environment without the variables that hold credentials: what its workers and the demo's server get.
// Not while another thread changes the environment.
#pragma once

#include <string>
#include <vector>

namespace s3_program {

// "NAME=value" each.
[[nodiscard]] std::vector<std::string> public_environment();
[[nodiscard]] std::vector<std::string> public_variable_names();

}  // namespace s3_program

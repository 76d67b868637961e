// SPDX-License-Identifier: MIT
// The part of the command line that is the sweep's alone. Main thread.
#pragma once

#include "program/sweep/settings.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace s3_program {

// As typed.
struct sweep_line {
    std::string verb = "list";
    std::vector<std::string> modes;
};

void add_sweep_options(CLI::App& sweep, sweep_settings& wanted, sweep_line& line);

// Throws example_common::usage_error.
[[nodiscard]] sweep_settings finished(sweep_settings wanted, const sweep_line& line);

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// Pictures, drawn by gnuplot. The scripts are pure; drawing is for the main thread.
#pragma once

#include "program/sweep/measured.hpp"

#include <string>
#include <vector>

namespace s3_program {

// Throws example_common::usage_error when the name ends neither with .svg nor with .png.
void check_picture_name(const std::string& file);

// A panel for each number of CPUs that was measured: seconds of the whole process over workers, a line for each mode.
[[nodiscard]] std::string sweep_script(const sweep_report& all, const std::string& file);

// X over the time of one run.
[[nodiscard]] std::string rates_script(const std::string& title, const std::vector<double>& rates,
                                       double interval, const std::string& file);

// Writes the picture; says on stdout that it did, or why there is none: without gnuplot a run is still a run.
void draw_or_say_why(const std::string& script, const std::string& file);

}  // namespace s3_program

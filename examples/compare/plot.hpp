// SPDX-License-Identifier: MIT
// The picture of a report, drawn by gnuplot: a panel a CPU count, bars for threads and processes by workers,
// the sequential time as a line. Main thread only.
#pragma once

#include <string>

#include "measurement.hpp"

namespace compare {

enum class picture_format { svg, png };

// By the ending of the name; throws usage_error for any other.
[[nodiscard]] picture_format picture_format_of(const std::string& file);

// What gnuplot is given; it writes the picture to its standard output.
[[nodiscard]] std::string gnuplot_script(const report& all, picture_format format);

// Throws std::runtime_error with what to do about it when there is no gnuplot or the file cannot be written.
void draw(const report& all, const std::string& file);

}  // namespace compare

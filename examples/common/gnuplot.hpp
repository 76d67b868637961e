// SPDX-License-Identifier: MIT
// Starts gnuplot. Main thread only. Every failure is a std::runtime_error that says what to do.
#pragma once

#include <string>

namespace example_common {

// Throws when there is no gnuplot on the PATH.
void require_gnuplot();

// Gives the script to gnuplot and what gnuplot prints to `file`. A file that could not be completed is
// removed.
void run_gnuplot(const std::string& script, const std::string& file);

}  // namespace example_common

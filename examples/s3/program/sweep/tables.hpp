// SPDX-License-Identifier: MIT
// A sweep as Markdown tables. Pure, any thread.
#pragma once

#include "program/sweep/measured.hpp"

#include <string>

namespace s3_program {

// A row for each number of workers, a column for each number of CPUs and mode; medians, with the spread behind them
// when there are several runs.
[[nodiscard]] std::string quantity_table(const sweep_report& all, run_quantity quantity);

// A row for each cell: X, R and X*R beside the jobs that could be in flight.
[[nodiscard]] std::string little_table(const sweep_report& all);

// All of it, with headings.
[[nodiscard]] std::string markdown(const sweep_report& all);

}  // namespace s3_program

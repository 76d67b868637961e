// SPDX-License-Identifier: MIT
// The three commands, from the options to the exit status: 0 when every run worked and gave what sequential
// gave, 1 otherwise. Main thread only. Throws usage_error, `interrupted`, and std::runtime_error when a file
// cannot be written or there is no gnuplot.
#pragma once

#include "csv.hpp"
#include "hash_workload.hpp"
#include "measurement.hpp"
#include "options.hpp"

namespace compare {

[[nodiscard]] int compare_hash(const options& wanted);
[[nodiscard]] int compare_cpu(const options& wanted);
[[nodiscard]] int compare_demo(const options& wanted);

// The parts that the commands share. Measuring prints nothing but the progress.
[[nodiscard]] report measure_hash(const hash_workload& work, const options& wanted, csv_file* csv);
[[nodiscard]] report measure_cpu(const options& wanted, double seconds, csv_file* csv);
[[nodiscard]] hash_workload find_files(const options& wanted);

// Prints tables, conclusion, failures and differences; returns the exit status they stand for.
[[nodiscard]] int show(const report& all);

}  // namespace compare

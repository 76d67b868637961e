// SPDX-License-Identifier: MIT
// A run as people see it: what is to be done, progress, errors, a summary; and its files. Main thread.
#pragma once

#include "client/credential_source.hpp"
#include "program/options.hpp"
#include "program/run.hpp"
#include "program/size_histogram.hpp"

namespace s3_program {

// Runs the jobs as wanted.run says, with `found` as what is known of them before, writes wanted.csv and
// wanted.json, and prints the summary.
[[nodiscard]] run_result show_run(const options& wanted, s3::credential_source& keys, job_source& jobs,
                                  const size_histogram& found);

[[nodiscard]] int status_of(const run_result& result);

}  // namespace s3_program

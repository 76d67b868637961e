// SPDX-License-Identifier: MIT
// Objects a second by mode and number of workers: reads a bucket again and again. Main thread.
#pragma once

#include "client/credential_source.hpp"
#include "program/run.hpp"
#include "program/s3_url.hpp"

#include <string>
#include <vector>

namespace s3_program {

struct rate_row {
    run_settings settings;
    run_result result;
};

// Reads every object below `where` once, in this mode, and tells nobody about the rows.
[[nodiscard]] run_result measure_reading(const run_settings& wanted, s3::credential_source& keys,
                                         const s3_url& where);

[[nodiscard]] std::string rate_table(const std::vector<rate_row>& rows);

}  // namespace s3_program

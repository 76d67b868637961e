// SPDX-License-Identifier: MIT
// The frame of the measuring programs:
//
//   program --row ID [--workers N] [--repetitions N] [--quick]
//
// prints one line of JSON for each figure, and ends with 1 when a result was wrong:
//
//   {"row": "fire_all", "who": "Penstock", "variant": "", "value": 4.1e6, "unit": "tasks/s"}
//   {"row": "head_of_line", "skipped": "needs two workers"}
#pragma once

#include "common/measurement.hpp"
#include "common/request.hpp"

#include <span>
#include <string_view>

namespace penstock::bench {

using measure_function = measurements(const request&);

struct row_entry {
    std::string_view id;
    measure_function* measure;
};

int run_program(int argc, char** argv, std::span<const row_entry> rows);

}  // namespace penstock::bench

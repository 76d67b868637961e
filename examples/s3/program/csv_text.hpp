// SPDX-License-Identifier: MIT
// Comma-separated values as RFC 4180 has them: a cell with a comma, a quote or a line end is quoted, and
// quotes inside are doubled. One thread at a time.
#pragma once

#include <cstddef>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

namespace s3_program {

[[nodiscard]] std::string csv_cell(std::string_view text);

// Reads the next record, whose cells may hold line ends, into `cells`. False at the end of the file. A quote
// that is never closed is a std::runtime_error.
bool read_csv_record(std::istream& in, std::vector<std::string>& cells);

}  // namespace s3_program

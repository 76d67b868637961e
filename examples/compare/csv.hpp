// SPDX-License-Identifier: MIT
// The measurements as a table for other programs. Main thread only. Each row is in the file as soon as it is
// written, so that an interrupted comparison keeps what it has measured.
#pragma once

#include "measurement.hpp"
#include "output_file.hpp"

#include <string>
#include <string_view>

namespace compare {
using namespace example_common;

class csv_file {
public:
    // Makes the file and writes the line of column names. Throws std::runtime_error as output_file does.
    explicit csv_file(const std::string& name);

    void write(std::string_view workload, const measurement& row);

private:
    output_file file_;
};

}  // namespace compare

// SPDX-License-Identifier: MIT
// Whether the files that a run is to write can be written, found before the run. Looks only, makes nothing. Any thread.
#pragma once

#include <string>

namespace s3_program {

// An empty json or plot is none. Throws usage_error, which names the option and the file.
void check_output_names(const std::string& csv, const std::string& json, const std::string& plot);

}  // namespace s3_program

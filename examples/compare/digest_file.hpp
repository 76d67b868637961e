// SPDX-License-Identifier: MIT
// Writes results the way sha256sum does, so that `sha256sum -c` can check them. Main thread only.
#pragma once

#include "file_list.hpp"
#include "file_result.hpp"

#include <string>
#include <vector>

namespace compare {

// "<64 digits>  <name>", or with a leading backslash and an escaped name when the name holds a backslash, a
// newline or a carriage return. Without the line's end.
[[nodiscard]] std::string digest_line(const file_result& result, const std::string& name);

// Files that could not be read have no line. Throws std::runtime_error when the file cannot be written.
void write_digests(const std::string& file, const std::vector<file_result>& results,
                   const std::vector<file_entry>& files);

}  // namespace compare

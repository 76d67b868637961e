// SPDX-License-Identifier: MIT
// Compares the results of one mode with those of sequential. Pure functions, any thread; nothing is printed.
#pragma once

#include "cpu_workload.hpp"
#include "file_list.hpp"
#include "file_result.hpp"

#include <string>
#include <vector>

namespace compare {

// One sentence for every file that is not what was expected: a different digest, size or error, a result that
// is missing, is there too often or belongs to another file.
[[nodiscard]] std::vector<std::string> file_differences(const std::vector<file_result>& expected,
                                                        const std::vector<file_result>& actual,
                                                        const std::vector<file_entry>& files);

[[nodiscard]] std::vector<std::string> loop_differences(const std::vector<loop_result>& expected,
                                                        const std::vector<loop_result>& actual);

}  // namespace compare

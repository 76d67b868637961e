// SPDX-License-Identifier: MIT
// A run's result as JSON. Pure, any thread.
#pragma once

#include "program/run.hpp"

#include <string>
#include <string_view>

namespace s3_program {

// In quotes. Bytes that are no UTF-8 are shown as the character of the same number.
[[nodiscard]] std::string json_string(std::string_view text);

[[nodiscard]] std::string json_text(std::string_view command, const run_settings& wanted,
                                    const run_result& result, const std::vector<std::string>& messages);

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// What the command `sweep` is asked for. Plain values.
#pragma once

#include "program/sweep/grid.hpp"

#include <string>
#include <vector>

namespace s3_program {

enum class sweep_verb { list, fetch, copy };

struct sweep_settings {
    sweep_verb what = sweep_verb::list;
    sweep_grid grid;
    unsigned repeat = 3;
    unsigned keys = 100;  // fetch without a file of keys: so many of the first ones that are listed
    std::string markdown;
    std::vector<std::string> pictures;
};

[[nodiscard]] const char* name_of(sweep_verb what) noexcept;
// Throws example_common::usage_error.
[[nodiscard]] sweep_verb parse_sweep_verb(const std::string& word);

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// Reads the comma-separated values of the command line. Any thread; every mistake is a usage_error that
// quotes the text and says what would be right.
#pragma once

#include "mode.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace compare {

struct bounds {
    std::uint64_t least = 1;
    std::uint64_t most = 1024;
};

// "4" -> 4. No sign, no blank, no exponent.
[[nodiscard]] std::uint64_t parse_count(std::string_view option, std::string_view text, bounds allowed);

// "1,2,8" -> {1, 2, 8}, sorted and without repetitions.
[[nodiscard]] std::vector<unsigned> parse_counts(std::string_view option, std::string_view text,
                                                 bounds allowed);

// "thread,process" -> in the order given, without repetitions.
[[nodiscard]] std::vector<mode> parse_modes(std::string_view text);

}  // namespace compare

// SPDX-License-Identifier: MIT
// The three ways to run the same tasks. Plain values: any thread, no failure but parse_mode's, nothing owned.
#pragma once

#include <string_view>

namespace compare {

enum class mode { sequential, thread, process };

[[nodiscard]] std::string_view name_of(mode how) noexcept;

// Throws usage_error when the word is none of the three.
[[nodiscard]] mode parse_mode(std::string_view word);

}  // namespace compare

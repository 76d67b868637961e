// SPDX-License-Identifier: MIT
// The three ways to run the same tasks, which are the kinds of pools, and their names here: in the singular, as
// in "a thread". Plain values: any thread, no failure but parse_mode's, nothing owned.
#pragma once

#include <penstock/any_pool.hpp>

#include <string_view>

namespace compare {

using mode = penstock::pool_kind;

[[nodiscard]] std::string_view word_of(mode how) noexcept;

// Throws usage_error when the word is none of the three.
[[nodiscard]] mode parse_mode(std::string_view word);

}  // namespace compare

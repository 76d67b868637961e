// SPDX-License-Identifier: MIT
// Numbers as people read them. Pure functions, any thread.
#pragma once

#include "printable.hpp"

#include <cstdint>
#include <string>

namespace example_common {

// Three significant digits: "0.0123", "1.23", "123".
[[nodiscard]] std::string seconds_text(double seconds);

// "1.23 ms" below a second, "1.23 s" from there on.
[[nodiscard]] std::string duration_text(double seconds);

// "27,260"
[[nodiscard]] std::string count_text(std::uint64_t count);

// "365.0 MB", in powers of ten.
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);

// "1 worker", "2 workers"
[[nodiscard]] std::string plural(std::uint64_t count, const std::string& singular, const std::string& plural);

// A number with so many digits behind the point, whatever the locale.
[[nodiscard]] std::string fixed(double value, int digits);

}  // namespace example_common

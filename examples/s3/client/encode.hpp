// SPDX-License-Identifier: MIT
// Bytes as URLs, headers and signatures spell them. Pure functions, any thread.
#pragma once

#include "printable.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace s3 {

// Every byte but A-Z a-z 0-9 - . _ ~ as %XX with upper-case digits.
[[nodiscard]] std::string percent_encoded(std::string_view text);
// The same, but '/' stays: for keys in paths.
[[nodiscard]] std::string path_encoded(std::string_view key);
// %XX as bytes and '+' as a blank, as listings with encoding-type=url write keys.
[[nodiscard]] std::string percent_decoded(std::string_view text);

[[nodiscard]] std::string lower_hex(std::span<const unsigned char> bytes);
// Nothing for a text that is not pairs of hexadecimal digits.
[[nodiscard]] std::optional<std::string> bytes_of_hex(std::string_view text);
[[nodiscard]] std::string lower_case(std::string_view text);
// Without the blanks and line ends at both ends.
[[nodiscard]] std::string_view without_blanks(std::string_view text);
// Whether the text holds line ends or other bytes that belong into no header.
[[nodiscard]] bool has_control_characters(std::string_view text);

// Keys hold any byte, but a message stays on its line.
using example_common::printable;

}  // namespace s3

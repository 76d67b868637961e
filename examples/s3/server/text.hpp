// SPDX-License-Identifier: MIT
// The ways in which S3 writes texts and times. Pure functions, any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace s3_server {

using time_point = std::chrono::system_clock::time_point;

// %XX is decoded; anything else stays, a broken % included. A query or a form also writes blanks as `+`.
[[nodiscard]] std::string percent_decoded(std::string_view text, bool plus_is_blank = false);

// All but A-Z a-z 0-9 - . _ ~ as %XX; '/' stays when asked for.
[[nodiscard]] std::string percent_encoded(std::string_view text, bool keep_slash);

// What `encoding-type=url` means: blanks become '+', and '/' and '*' stay.
[[nodiscard]] std::string listing_encoded(std::string_view text);

[[nodiscard]] std::string xml_escaped(std::string_view text);
[[nodiscard]] std::string json_quoted(std::string_view text);
[[nodiscard]] std::string lower_hex(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_hex(std::string_view digits);
[[nodiscard]] std::string base64(std::string_view bytes);

[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] bool equal_names(std::string_view one,
                               std::string_view other);  // Letters' case does not matter.
[[nodiscard]] std::string_view trimmed(std::string_view text);
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::optional<std::uint64_t> whole_number(std::string_view digits);

[[nodiscard]] std::string http_date(time_point when);     // Wed, 17 May 2023 00:00:00 GMT
[[nodiscard]] std::string iso_date(time_point when);      // 2023-05-17T00:00:00.000Z
[[nodiscard]] std::string compact_date(time_point when);  // 20230517T000000Z
[[nodiscard]] std::optional<time_point> from_compact_date(std::string_view text);

}  // namespace s3_server

// SPDX-License-Identifier: MIT
// Times as servers write them: "2024-05-01T10:00:00.000Z" in listings, "Wed, 01 May 2024 10:00:00 GMT" in headers.
// Pure, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace s3_program {

// Seconds since 1970; a fraction counts as a whole second. Nothing when it is neither of the two.
[[nodiscard]] std::optional<std::int64_t> seconds_of(const std::string& time);

// Whether `time` is certainly not before `other`.
[[nodiscard]] bool not_older(const std::string& time, const std::string& other);

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// Comparing ETags. One without "-" is the MD5 of the bytes; one with it depends on how the object was cut
// into parts, so that equal bytes may have different ones. Pure, any thread.
#pragma once

#include <optional>
#include <string_view>

namespace s3_program {

// Whether the bytes are the same; nothing when these two cannot tell.
[[nodiscard]] std::optional<bool> same_bytes(std::string_view etag, std::string_view other);

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// Comparing ETags. One without "-" is the MD5 of the bytes; one with it depends on how the object was cut
// into parts, so that equal bytes may have different ones. (With keys of KMS it is neither, which only the
// answer's headers tell: object_info::own_key.) Pure, any thread.
#pragma once

#include <optional>
#include <string_view>

namespace s3_program {

// Whether the bytes are the same; nothing when these two cannot tell.
[[nodiscard]] std::optional<bool> same_bytes(std::string_view etag, std::string_view other);

}  // namespace s3_program

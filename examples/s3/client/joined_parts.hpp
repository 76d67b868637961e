// SPDX-License-Identifier: MIT
// What an object has to look like that was put together from parts. Pure functions, any thread.
#pragma once

#include "client/objects.hpp"

#include <optional>
#include <string>
#include <vector>

namespace s3 {

// The ETag of the whole, with its quotes: the MD5 of the parts' MD5s, and their count. Nothing when a part's ETag is no
// MD5, or OpenSSL offers none.
[[nodiscard]] std::optional<std::string> joined_etag(const std::vector<uploaded_part>& parts);

// Whether the object may be made of these parts, by its size and by its ETag, as far as they are known; false when
// neither is.
[[nodiscard]] bool is_made_of(const object_info& whole, const std::vector<uploaded_part>& parts);

}  // namespace s3

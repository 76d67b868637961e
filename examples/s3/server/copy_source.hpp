// SPDX-License-Identifier: MIT
// What the x-amz-copy-source header of a request names. Throws `refusal`.
#pragma once

#include "server/call.hpp"

#include <string>

namespace s3_server {

struct copy_source {
    std::string bucket;
    std::string key;
    object found;
};

// Looks the object up and checks x-amz-copy-source-if-match.
[[nodiscard]] copy_source copy_source_of(const call& from);

// <Name> with ETag and LastModified, as both kinds of copy answer.
[[nodiscard]] answer copy_answer(std::string_view name, std::string_view etag, time_point when);

}  // namespace s3_server

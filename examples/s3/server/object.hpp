// SPDX-License-Identifier: MIT
// An object of a bucket: its bytes, shared with its copies, and what is told about them. A plain value.
#pragma once

#include "server/content.hpp"
#include "server/text.hpp"

#include <map>
#include <string>

namespace s3_server {

struct object {
    content_ptr bytes;
    time_point modified;
    std::string type = "binary/octet-stream";
};

// In the order of the keys' bytes, which is the order of a listing.
using object_map = std::map<std::string, object, std::less<>>;

}  // namespace s3_server

// SPDX-License-Identifier: MIT
// What operations take and give back. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace s3 {

struct object_name {
    std::string bucket;
    std::string key;
};

struct object_info {
    std::uint64_t size = 0;  // of the whole object, whatever range was asked for
    std::string etag;        // with its quotes, as the server wrote it
    std::string last_modified;
    std::string content_type;
    bool own_key = false;  // encrypted with a key of KMS or of the customer: the ETag is no digest of the bytes
};

struct listed_object {
    std::string key;
    std::uint64_t size = 0;
    std::string etag;
    std::string last_modified;
};

struct listing_page {
    std::vector<listed_object> objects;
    std::vector<std::string> common_prefixes;
    std::string next_token;  // empty on the last page
};

struct put_result {
    std::string etag;
};

struct uploaded_part {
    int number = 0;  // from 1
    std::string etag;
    std::optional<std::uint64_t> size = {};  // if it is known
};

// Both ends belong to it; without `last` it goes to the end of the object.
struct byte_range {
    std::uint64_t first = 0;
    std::optional<std::uint64_t> last;
};

// Gets the bytes of an object in order, each exactly once. What it throws ends the download and reaches the caller.
using byte_sink = std::function<void(std::span<const std::byte>)>;

}  // namespace s3

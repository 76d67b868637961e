// SPDX-License-Identifier: MIT
// One page of a listing. Plain values and a pure function.
#pragma once

#include "server/object.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace s3_server {

struct list_wish {
    std::string prefix;
    std::string delimiter;
    std::string after;         // Keys up to and including this one are left out,
    std::string after_prefix;  // and so is what begins with this common prefix.
    std::size_t most = 1000;
};

struct listed_object {
    std::string key;
    object what;
};

struct listing {
    std::vector<listed_object> objects;
    std::vector<std::string> common_prefixes;
    bool truncated = false;
    std::string last_key;     // Where the next page goes on: as `after`
    std::string last_prefix;  // or, when a common prefix was the last, as `after_prefix`.
};

[[nodiscard]] listing page_of(const object_map& objects, const list_wish& wish);

}  // namespace s3_server

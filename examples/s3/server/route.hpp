// SPDX-License-Identifier: MIT
// What a request asks for and of what: the operation, the bucket and the key, path style or virtual-host style.
// A plain value.
#pragma once

#include "server/operation.hpp"
#include "server/request.hpp"

#include <map>
#include <string>
#include <string_view>

namespace s3_server {

struct route {
    operation what = operation::unknown;
    std::string bucket;
    std::string key;
    std::map<std::string, std::string, std::less<>> query;  // Decoded.

    [[nodiscard]] bool asks(std::string_view name) const { return query.find(name) != query.end(); }
    [[nodiscard]] std::string value(std::string_view name) const {
        const auto found = query.find(name);
        return found == query.end() ? std::string{} : found->second;
    }
};

// "bucket.localhost:9000" names the bucket "bucket", and so does "bucket.s3.example.com"; an address, "localhost" and
// a name without a dot name none, and then the bucket is the first part of the path. Never throws for odd requests.
[[nodiscard]] route route_of(const request& received);

}  // namespace s3_server

// SPDX-License-Identifier: MIT
// AWS Signature Version 4 as pure functions of the request, the credentials and the time. Any thread.
#pragma once

#include "client/credentials.hpp"
#include "client/http.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace s3 {

using query_list = std::vector<std::pair<std::string, std::string>>;  // not encoded

// name=value&..., both percent-encoded and sorted, as URLs of ours and signatures write it.
[[nodiscard]] std::string query_text(const query_list& query);

struct unsigned_request {
    std::string method;
    std::string path;  // encoded as it is sent, from the first '/'
    query_list query;
    header_list headers;       // all are signed; "host" has to be among them
    std::string payload_hash;  // SHA-256 in lower-case hex, or UNSIGNED-PAYLOAD
};

struct signing_scope {
    std::string region;
    std::string service = "s3";
    std::chrono::system_clock::time_point time;
};

// 20130524T000000Z
[[nodiscard]] std::string amz_date(std::chrono::system_clock::time_point time);

// What is hashed, for tests and for comparing with what a server says it computed.
[[nodiscard]] std::string canonical_request(const unsigned_request& request);

// The headers to add: x-amz-date, x-amz-security-token when there is one, Authorization.
[[nodiscard]] header_list signature_headers(unsigned_request request, const credentials& keys,
                                            const signing_scope& scope);

}  // namespace s3

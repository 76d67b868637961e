// SPDX-License-Identifier: MIT
// The tests' own signer, so that the server's verification is not tested with its own code. Any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace s3_server::test {

using pairs = std::vector<std::pair<std::string, std::string>>;

struct signing_key {
    std::string id;
    std::string secret;
    std::string token;
};

struct to_sign {
    std::string method = "GET";
    std::string path;  // Decoded, with its leading slash.
    pairs query;       // Decoded.
    pairs headers;     // With host, x-amz-date and x-amz-content-sha256.
    std::string date;  // 20130524T000000Z
    std::string region = "us-east-1";
    std::string service = "s3";
    std::string payload_hash;
};

[[nodiscard]] std::string url_encoded(const std::string& text, bool keep_slash);
[[nodiscard]] std::string hex_sha256(const std::string& text);
[[nodiscard]] std::string hex_md5(const std::string& text);

// The value of the Authorization header. Signs all headers given.
[[nodiscard]] std::string authorization_of(const to_sign& what, const signing_key& key);

}  // namespace s3_server::test

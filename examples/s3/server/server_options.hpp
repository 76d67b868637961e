// SPDX-License-Identifier: MIT
// What a server is started with. A plain value.
#pragma once

#include "server/recipe.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace s3_server {

// Known to everyone, and good for nothing but this server.
inline constexpr const char* demo_access_key_id = "PENSTOCKDEMOACCESSID";
inline constexpr const char* demo_secret_access_key = "penstock-demo-secret-that-is-no-secret+/";

struct server_options {
    std::uint16_t port = 0;  // 0: a free one. Always on 127.0.0.1.
    unsigned threads = 1;
    std::chrono::milliseconds latency{0};  // Each answer begins so much later.
    std::string region = "us-east-1";
    std::string access_key_id = demo_access_key_id;
    std::string secret_access_key = demo_secret_access_key;
    std::string session_token;              // Not empty: requests must carry it.
    std::chrono::seconds role_lifetime{0};  // Of what AssumeRole gives; 0: as long as the request asks for.
    std::vector<bucket_recipe> buckets;     // Other buckets are made by CreateBucket.
    std::vector<std::string> faults;        // Each as in fault.hpp.
    std::uint64_t md5_up_to = 8'388'608;  // Larger made objects have an ETag like that of a multipart upload.
    std::uint64_t smallest_part = 5'242'880;  // Of a multipart upload, the last part excepted.
    bool etags_first = false;  // Compute the MD5s of made objects before the first request, not lazily.
    std::function<std::chrono::system_clock::time_point()>
        now;  // Empty: the system's clock. Called by many threads.
};

}  // namespace s3_server

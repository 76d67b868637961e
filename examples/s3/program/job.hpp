// SPDX-License-Identifier: MIT
// One object's worth of work. A plain value that can cross to another process.
#pragma once

#include <cstdint>
#include <string>

namespace s3_program {

enum class verb : std::uint8_t {
    read,   // GET: count the bytes
    fetch,  // HEAD, then GET
    copy,   // server-side, then HEAD
    put,    // a local file
};

struct job {
    std::uint64_t id = 0;  // of whoever keeps order
    verb what = verb::read;
    std::string bucket;
    std::string key;
    std::uint64_t size = 0;        // as listed, or of the local file
    std::string etag;              // as listed
    std::string modified;          // as listed
    std::string to_bucket;         // copy
    std::string to_key;            // copy
    std::string file;              // put
    std::uint32_t expired = 0;     // how often it ended because the token had expired
    std::uint64_t generation = 0;  // of the credentials it was last started with

    template <class Archive>
    void serialize(Archive& archive) {
        archive(id, what, bucket, key, size, etag, modified, to_bucket, to_key, file, expired, generation);
    }
};

}  // namespace s3_program

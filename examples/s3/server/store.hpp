// SPDX-License-Identifier: MIT
// The buckets, their objects and the multipart uploads under way. Any thread. Throws `refusal` (NoSuchBucket and so
// on).
#pragma once

#include "server/content.hpp"
#include "server/listing.hpp"
#include "server/object.hpp"
#include "server/text.hpp"

#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

namespace s3_server {

struct bucket_info {
    std::string name;
    std::string region;
    time_point created;
};

struct uploaded_part {
    unsigned number = 0;
    content_slice bytes;
    std::string etag;
};

class store {
public:
    void create_bucket(const bucket_info& fresh);
    void remove_bucket(const std::string& name);
    [[nodiscard]] bucket_info bucket(std::string_view name) const;
    [[nodiscard]] std::optional<bucket_info> find_bucket(std::string_view name) const;
    [[nodiscard]] std::vector<bucket_info> buckets() const;

    void put(std::string_view bucket, const std::string& key, object what);
    void remove(std::string_view bucket, std::string_view key);
    [[nodiscard]] object find(std::string_view bucket, std::string_view key) const;
    [[nodiscard]] listing list(std::string_view bucket, const list_wish& wish) const;

    [[nodiscard]] std::string create_upload(std::string_view bucket, const std::string& key,
                                            const std::string& type);
    void add_part(std::string_view bucket, std::string_view key, const std::string& id, uploaded_part part);
    // All parts so far, by number, and the content type; the upload stays.
    [[nodiscard]] std::map<unsigned, uploaded_part> parts(std::string_view bucket, std::string_view key,
                                                          const std::string& id, std::string& type) const;
    void end_upload(std::string_view bucket, std::string_view key, const std::string& id);

private:
    struct bucket_state {
        bucket_info info;
        object_map objects;
    };
    struct upload {
        std::string bucket, key, type;
        std::map<unsigned, uploaded_part> parts;
    };

    [[nodiscard]] const bucket_state& state(std::string_view name) const;
    [[nodiscard]] bucket_state& state(std::string_view name);
    [[nodiscard]] const upload& found_upload(std::string_view bucket, std::string_view key,
                                             const std::string& id) const;

    mutable std::shared_mutex mutex_;
    std::map<std::string, bucket_state, std::less<>> buckets_;
    std::map<std::string, upload> uploads_;
    std::uint64_t uploads_made_ = 0;
};

}  // namespace s3_server

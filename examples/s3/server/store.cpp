// SPDX-License-Identifier: MIT
#include "server/store.hpp"

#include "server/digest.hpp"
#include "server/refusal.hpp"

#include <mutex>
#include <utility>

namespace s3_server {

const store::bucket_state& store::state(std::string_view name) const {
    const auto found = buckets_.find(name);
    if (found == buckets_.end()) {
        throw refusal("NoSuchBucket", "The specified bucket does not exist",
                      {{"BucketName", std::string(name)}});
    }
    return found->second;
}

store::bucket_state& store::state(std::string_view name) {
    return const_cast<bucket_state&>(std::as_const(*this).state(name));
}

void store::create_bucket(const bucket_info& fresh) {
    const std::unique_lock lock(mutex_);
    if (!buckets_.emplace(fresh.name, bucket_state{fresh, {}}).second) {
        throw refusal("BucketAlreadyOwnedByYou",
                      "Your previous request to create the named bucket succeeded and you already own it.",
                      {{"BucketName", fresh.name}});
    }
}

void store::remove_bucket(const std::string& name) {
    const std::unique_lock lock(mutex_);
    if (!state(name).objects.empty()) {
        throw refusal("BucketNotEmpty", "The bucket you tried to delete is not empty",
                      {{"BucketName", name}});
    }
    buckets_.erase(name);
}

bucket_info store::bucket(std::string_view name) const {
    const std::shared_lock lock(mutex_);
    return state(name).info;
}

std::optional<bucket_info> store::find_bucket(std::string_view name) const {
    const std::shared_lock lock(mutex_);
    const auto found = buckets_.find(name);
    if (found == buckets_.end()) return std::nullopt;
    return found->second.info;
}

std::vector<bucket_info> store::buckets() const {
    const std::shared_lock lock(mutex_);
    std::vector<bucket_info> all;
    for (const auto& one : buckets_) all.push_back(one.second.info);
    return all;
}

void store::put(std::string_view bucket, const std::string& key, object what) {
    const std::unique_lock lock(mutex_);
    state(bucket).objects.insert_or_assign(key, std::move(what));
}

void store::remove(std::string_view bucket, std::string_view key) {
    const std::unique_lock lock(mutex_);
    auto& objects = state(bucket).objects;
    if (const auto found = objects.find(key); found != objects.end()) objects.erase(found);
}

object store::find(std::string_view bucket, std::string_view key) const {
    const std::shared_lock lock(mutex_);
    const auto& objects = state(bucket).objects;
    const auto found = objects.find(key);
    if (found == objects.end()) {
        throw refusal("NoSuchKey", "The specified key does not exist.", {{"Key", std::string(key)}});
    }
    return found->second;
}

listing store::list(std::string_view bucket, const list_wish& wish) const {
    const std::shared_lock lock(mutex_);
    return page_of(state(bucket).objects, wish);
}

std::string store::create_upload(std::string_view bucket, const std::string& key, const std::string& type) {
    const std::unique_lock lock(mutex_);
    (void)state(bucket);
    const std::string id = lower_hex(md5("upload " + std::to_string(++uploads_made_)));
    uploads_.emplace(id, upload{std::string(bucket), key, type, {}});
    return id;
}

const store::upload& store::found_upload(std::string_view bucket, std::string_view key,
                                         const std::string& id) const {
    const auto found = uploads_.find(id);
    if (found == uploads_.end() || found->second.bucket != bucket || found->second.key != key) {
        throw refusal(
            "NoSuchUpload",
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "
            "aborted or completed.",
            {{"UploadId", id}});
    }
    return found->second;
}

void store::add_part(std::string_view bucket, std::string_view key, const std::string& id,
                     uploaded_part part) {
    const std::unique_lock lock(mutex_);
    auto& parts = const_cast<upload&>(found_upload(bucket, key, id)).parts;
    parts.insert_or_assign(part.number, std::move(part));
}

std::map<unsigned, uploaded_part> store::parts(std::string_view bucket, std::string_view key,
                                               const std::string& id, std::string& type) const {
    const std::shared_lock lock(mutex_);
    const upload& found = found_upload(bucket, key, id);
    type = found.type;
    return found.parts;
}

void store::end_upload(std::string_view bucket, std::string_view key, const std::string& id) {
    const std::unique_lock lock(mutex_);
    (void)found_upload(bucket, key, id);
    uploads_.erase(id);
}

}  // namespace s3_server

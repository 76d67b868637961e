// SPDX-License-Identifier: MIT
#include "program/job_sources.hpp"

#include "text.hpp"
#include "usage_error.hpp"

#include <cctype>
#include <filesystem>
#include <map>

namespace s3_program {
namespace {

job job_for(verb what, const std::string& bucket, s3::listed_object listed) {
    job one;
    one.what = what;
    one.bucket = bucket;
    one.key = std::move(listed.key);
    one.size = listed.size;
    one.etag = std::move(listed.etag);
    one.modified = std::move(listed.last_modified);
    return one;
}

std::string name_in_folder(const std::string& file) { return std::filesystem::path(file).filename().native(); }

}  // namespace

std::optional<job> read_jobs::next() {
    auto listed = listing_.next();
    if (!listed) return std::nullopt;
    return job_for(verb::read, bucket_, std::move(*listed));
}

std::optional<job> copy_jobs::next() {
    auto listed = listing_.next();
    if (!listed) return std::nullopt;
    const std::string day = days_ ? day_folder(listed->last_modified) : "";
    job one = job_for(verb::copy, from_.bucket, std::move(*listed));
    one.to_bucket = to_.bucket;
    one.to_key = to_.key + day + one.key.substr(from_.key.size());
    return one;
}

std::optional<job> key_jobs::next() {
    auto entry = keys_.next();
    if (!entry) return std::nullopt;
    job one;
    one.what = verb::fetch;
    one.bucket = bucket_;
    one.key = std::move(entry->key);
    one.size = entry->size.value_or(0);
    return one;
}

std::optional<job> file_jobs::next() {
    if (given_ == files_.size()) return std::nullopt;
    job one;
    one.what = verb::put;
    one.file = files_[given_++];
    one.to_bucket = to_.bucket;
    one.to_key = to_.key + name_in_folder(one.file);
    return one;
}

void refuse_same_names(const std::vector<std::string>& files) {
    std::map<std::string, std::string> taken;
    for (const std::string& file : files) {
        const auto [other, is_new] = taken.emplace(name_in_folder(file), file);
        if (is_new) continue;
        throw example_common::usage_error(example_common::printable(other->second) + " and " +
                                          example_common::printable(file) +
                                          " would become the same object; put them one by one");
    }
}

std::string day_folder(const std::string& last_modified) {
    constexpr std::size_t length = 10;
    if (last_modified.size() < length) return "";
    for (std::size_t i = 0; i != length; ++i) {
        const auto letter = static_cast<unsigned char>(last_modified[i]);
        if (i == 4 || i == 7 ? letter != '-' : std::isdigit(letter) == 0) return "";
    }
    return last_modified.substr(0, length) + "/";
}

}  // namespace s3_program

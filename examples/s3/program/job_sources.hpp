// SPDX-License-Identifier: MIT
// The sources of jobs: what is listed, the keys of a file, local files. One thread at a time.
#pragma once

#include "program/bucket_listing.hpp"
#include "program/job_source.hpp"
#include "program/key_file.hpp"

#include <string>
#include <utility>
#include <vector>

namespace s3_program {

// Every listed object is read.
class read_jobs final : public job_source {
public:
    read_jobs(bucket_listing& listing, std::string bucket) : listing_(listing), bucket_(std::move(bucket)) {}
    [[nodiscard]] std::optional<job> next() override;

private:
    bucket_listing& listing_;
    std::string bucket_;
};

// Every listed object is copied to where `from` becomes `to`; with days, below a folder of the day it was
// last modified. The marker of the folder `from` itself may have an empty name there.
class copy_jobs final : public job_source {
public:
    copy_jobs(bucket_listing& listing, s3_url from, s3_url to, bool days)
        : listing_(listing), from_(std::move(from)), to_(std::move(to)), days_(days) {}
    [[nodiscard]] std::optional<job> next() override;

private:
    bucket_listing& listing_;
    s3_url from_;
    s3_url to_;
    bool days_;
};

class key_jobs final : public job_source {
public:
    key_jobs(key_file& keys, std::string bucket) : keys_(keys), bucket_(std::move(bucket)) {}
    [[nodiscard]] std::optional<job> next() override;

private:
    key_file& keys_;
    std::string bucket_;
};

class file_jobs final : public job_source {
public:
    file_jobs(std::vector<std::string> files, s3_url to) : files_(std::move(files)), to_(std::move(to)) {}
    [[nodiscard]] std::optional<job> next() override;

private:
    std::vector<std::string> files_;
    s3_url to_;
    std::size_t given_ = 0;
};

// Throws usage_error, which names two files that file_jobs would put under the same key.
void refuse_same_names(const std::vector<std::string>& files);

// "2024-05-01T10:00:00.000Z" -> "2024-05-01/"; empty when it does not begin with a day.
[[nodiscard]] std::string day_folder(const std::string& last_modified);

}  // namespace s3_program

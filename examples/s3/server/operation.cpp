// SPDX-License-Identifier: MIT
#include "server/operation.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace s3_server {
namespace {

constexpr std::array<std::string_view, operation_count> names{"ListBuckets",
                                                              "CreateBucket",
                                                              "HeadBucket",
                                                              "DeleteBucket",
                                                              "GetBucketLocation",
                                                              "ListObjects",
                                                              "HeadObject",
                                                              "GetObject",
                                                              "PutObject",
                                                              "DeleteObject",
                                                              "CopyObject",
                                                              "CreateMultipartUpload",
                                                              "UploadPart",
                                                              "UploadPartCopy",
                                                              "CompleteMultipartUpload",
                                                              "AbortMultipartUpload",
                                                              "AssumeRole",
                                                              "Control",
                                                              "Unknown"};

}  // namespace

std::string_view name_of(operation what) { return names[static_cast<std::size_t>(what)]; }

std::optional<operation> operation_named(std::string_view name) {
    const auto* const found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<operation>(std::distance(names.begin(), found));
}

}  // namespace s3_server

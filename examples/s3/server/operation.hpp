// SPDX-License-Identifier: MIT
// What a request asks for, under the names of S3's own reference.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace s3_server {

enum class operation {
    list_buckets,
    create_bucket,
    head_bucket,
    delete_bucket,
    get_bucket_location,
    list_objects,
    head_object,
    get_object,
    put_object,
    delete_object,
    copy_object,
    create_multipart_upload,
    upload_part,
    upload_part_copy,
    complete_multipart_upload,
    abort_multipart_upload,
    assume_role,
    control,
    unknown,
};

inline constexpr std::size_t operation_count = static_cast<std::size_t>(operation::unknown) + 1;

// "ListBuckets", "GetObject" and so on. Both versions of ListObjects are "ListObjects"; "Control" is what lies below
// the unsigned path /-/.
[[nodiscard]] std::string_view name_of(operation what);
[[nodiscard]] std::optional<operation> operation_named(std::string_view name);

}  // namespace s3_server

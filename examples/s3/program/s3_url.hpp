// SPDX-License-Identifier: MIT
// s3://BUCKET/KEY as typed on the command line. Nothing is decoded: a key is its bytes. Plain values: any
// thread.
#pragma once

#include <string>
#include <string_view>

namespace s3_program {

struct s3_url {
    std::string bucket;
    std::string key;  // or a prefix; empty when there is none

    friend bool operator==(const s3_url&, const s3_url&) = default;
};

// Throws example_common::usage_error for anything that does not begin with s3:// and the name of a bucket.
[[nodiscard]] s3_url parse_s3_url(std::string_view text);

[[nodiscard]] std::string text_of(const s3_url& url);

// The prefix as a folder: with a slash behind it, unless it is empty or has one.
[[nodiscard]] std::string folder(std::string prefix);

}  // namespace s3_program

// SPDX-License-Identifier: MIT
#include "program/s3_url.hpp"

#include "usage_error.hpp"

namespace s3_program {

s3_url parse_s3_url(std::string_view text) {
    constexpr std::string_view scheme = "s3://";
    const std::string_view rest = text.starts_with(scheme) ? text.substr(scheme.size()) : std::string_view{};
    const std::size_t slash = rest.find('/');
    const std::string_view bucket = rest.substr(0, slash);
    if (bucket.empty()) {
        throw example_common::usage_error("\"" + std::string(text) +
                                          "\" is not an address like s3://bucket/prefix");
    }
    s3_url url;
    url.bucket = bucket;
    if (slash != std::string_view::npos) url.key = rest.substr(slash + 1);
    return url;
}

std::string text_of(const s3_url& url) {
    return "s3://" + url.bucket + (url.key.empty() ? "" : "/" + url.key);
}

std::string folder(std::string prefix) {
    if (!prefix.empty() && prefix.back() != '/') prefix += '/';
    return prefix;
}

}  // namespace s3_program

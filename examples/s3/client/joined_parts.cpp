// SPDX-License-Identifier: MIT
#include "client/joined_parts.hpp"

#include "client/digest.hpp"
#include "client/encode.hpp"

namespace s3 {
namespace {

constexpr std::size_t md5_digits = 32;

std::string_view without_quotes(std::string_view etag) {
    if (etag.size() < 2 || etag.front() != '"' || etag.back() != '"') return etag;
    return etag.substr(1, etag.size() - 2);
}

std::optional<std::uint64_t> joined_size(const std::vector<uploaded_part>& parts) {
    std::uint64_t sum = 0;
    for (const uploaded_part& part : parts) {
        if (!part.size) return std::nullopt;
        sum += *part.size;
    }
    return sum;
}

}  // namespace

std::optional<std::string> joined_etag(const std::vector<uploaded_part>& parts) {
    std::string digests;
    for (const uploaded_part& part : parts) {
        const auto bytes = bytes_of_hex(without_quotes(part.etag));
        if (!bytes || bytes->size() != md5_digits / 2) return std::nullopt;
        digests += *bytes;
    }
    const auto whole = md5_hex(digests);
    if (!whole) return std::nullopt;
    return '"' + *whole + '-' + std::to_string(parts.size()) + '"';
}

bool is_made_of(const object_info& whole, const std::vector<uploaded_part>& parts) {
    const auto size = joined_size(parts);
    if (size && *size != whole.size) return false;
    const auto etag = whole.own_key ? std::nullopt : joined_etag(parts);
    if (etag && without_quotes(*etag) != without_quotes(whole.etag)) return false;
    return size || etag;
}

}  // namespace s3

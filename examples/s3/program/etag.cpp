// SPDX-License-Identifier: MIT
#include "program/etag.hpp"

namespace s3_program {
namespace {

std::string_view unquoted(std::string_view etag) {
    if (etag.starts_with('"')) etag.remove_prefix(1);
    if (etag.ends_with('"')) etag.remove_suffix(1);
    return etag;
}

bool of_parts(std::string_view etag) { return etag.find('-') != std::string_view::npos; }

}  // namespace

std::optional<bool> same_bytes(std::string_view etag, std::string_view other) {
    const std::string_view a = unquoted(etag);
    const std::string_view b = unquoted(other);
    if (a.empty() || b.empty()) return std::nullopt;
    if (a == b) return true;
    if (of_parts(a) || of_parts(b)) return std::nullopt;
    return false;
}

}  // namespace s3_program

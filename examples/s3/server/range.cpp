// SPDX-License-Identifier: MIT
#include "server/range.hpp"

#include "server/refusal.hpp"
#include "server/text.hpp"

#include <algorithm>
#include <string>

namespace s3_server {
namespace {

[[noreturn]] void unsatisfiable(std::string_view value, std::uint64_t size) {
    refusal error("InvalidRange", "The requested range is not satisfiable",
                  {{"RangeRequested", std::string(value)}, {"ActualObjectSize", std::to_string(size)}});
    error.headers.push_back({"Content-Range", "bytes */" + std::to_string(size)});
    throw error;
}

}  // namespace

std::optional<byte_run> parse_range(std::string_view value, std::uint64_t size) {
    constexpr std::string_view unit = "bytes=";
    const auto dash = value.find('-');
    if (!value.starts_with(unit) || dash == value.npos) return std::nullopt;
    const auto first_text = value.substr(unit.size(), dash - unit.size());
    const auto first = whole_number(first_text);
    const auto last = whole_number(value.substr(dash + 1));
    if (first_text.empty() && last) {
        if (*last == 0 || size == 0) unsatisfiable(value, size);
        const auto count = std::min(*last, size);
        return byte_run{size - count, count};
    }
    if (!first || (!last && dash + 1 != value.size()) || (last && *last < *first)) return std::nullopt;
    if (*first >= size) unsatisfiable(value, size);
    const auto end = last ? std::min(*last, size - 1) : size - 1;
    return byte_run{*first, end - *first + 1};
}

}  // namespace s3_server

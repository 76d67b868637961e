// SPDX-License-Identifier: MIT
#include "lists.hpp"

#include "usage_error.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <system_error>

namespace compare {
using namespace example_common;

namespace {

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto comma = text.find(',');
        parts.push_back(text.substr(0, comma));
        if (comma == std::string_view::npos) return parts;
        text.remove_prefix(comma + 1);
    }
}

}  // namespace

std::uint64_t parse_count(std::string_view option, std::string_view text, bounds allowed) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (whole && value >= allowed.least && value <= allowed.most) return value;
    throw usage_error(std::string(option) + ": \"" + std::string(text) + "\" is not a whole number from " +
                      std::to_string(allowed.least) + " to " + std::to_string(allowed.most));
}

std::vector<unsigned> parse_counts(std::string_view option, std::string_view text, bounds allowed) {
    std::vector<unsigned> values;
    for (const std::string_view part : split(text)) {
        values.push_back(static_cast<unsigned>(parse_count(option, part, allowed)));
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

std::vector<mode> parse_modes(std::string_view text) {
    std::vector<mode> modes;
    for (const std::string_view part : split(text)) {
        const mode how = parse_mode(part);
        if (std::find(modes.begin(), modes.end(), how) == modes.end()) modes.push_back(how);
    }
    return modes;
}

}  // namespace compare

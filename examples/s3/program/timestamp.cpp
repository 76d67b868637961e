// SPDX-License-Identifier: MIT
#include "program/timestamp.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <string_view>

namespace s3_program {
namespace {

std::optional<int> month_named(std::string_view name) {
    static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (std::size_t i = 0; i != months.size(); ++i) {
        if (months[i] == name) return static_cast<int>(i);
    }
    return std::nullopt;
}

std::int64_t utc(std::tm parts, int year) {
    parts.tm_year = year - 1900;
    return static_cast<std::int64_t>(::timegm(&parts));
}

std::optional<std::int64_t> of_listing(const std::string& time) {
    std::tm parts{};
    int year = 0;
    int read = 0;
    const int found = std::sscanf(time.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &parts.tm_mon, &parts.tm_mday,
                                  &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &read);
    if (found != 6) return std::nullopt;
    --parts.tm_mon;
    const bool fraction = time.find_first_of("123456789", static_cast<std::size_t>(read)) != std::string::npos;
    return utc(parts, year) + (fraction ? 1 : 0);
}

std::optional<std::int64_t> of_header(const std::string& time) {
    std::tm parts{};
    int year = 0;
    std::array<char, 4> month{};
    const int found = std::sscanf(time.c_str(), "%*3s, %2d %3s %4d %2d:%2d:%2d GMT", &parts.tm_mday, month.data(),
                                  &year, &parts.tm_hour, &parts.tm_min, &parts.tm_sec);
    const auto number = month_named(month.data());
    if (found != 6 || !number) return std::nullopt;
    parts.tm_mon = *number;
    return utc(parts, year);
}

}  // namespace

std::optional<std::int64_t> seconds_of(const std::string& time) {
    const auto listed = of_listing(time);
    return listed ? listed : of_header(time);
}

bool not_older(const std::string& time, const std::string& other) {
    const auto a = seconds_of(time);
    const auto b = seconds_of(other);
    return a && b && *a >= *b;
}

}  // namespace s3_program

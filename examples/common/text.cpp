// SPDX-License-Identifier: MIT
#include "text.hpp"

#include <array>
#include <charconv>

namespace example_common {

std::string fixed(double value, int digits) {
    std::array<char, 400> buffer{};
    const auto end =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, digits);
    return std::string(buffer.data(), end.ptr);
}

std::string seconds_text(double seconds) {
    int digits = 0;  // behind the point
    for (double limit = 100; digits < 6 && seconds < limit; limit /= 10) ++digits;
    return fixed(seconds, digits);
}

std::string duration_text(double seconds) {
    return seconds < 1 ? seconds_text(seconds * 1000) + " ms" : seconds_text(seconds) + " s";
}

std::string count_text(std::uint64_t count) {
    std::string digits = std::to_string(count);
    for (std::size_t behind = 3; behind < digits.size(); behind += 4)
        digits.insert(digits.size() - behind, 1, ',');
    return digits;
}

std::string bytes_text(std::uint64_t bytes) {
    if (bytes < 1000) return plural(bytes, "byte", "bytes");
    double value = static_cast<double>(bytes);
    const char* unit = "";
    for (const char* next : {"kB", "MB", "GB", "TB"}) {
        if (value < 1000) break;
        value /= 1000;
        unit = next;
    }
    return fixed(value, 1) + ' ' + unit;
}

std::string plural(std::uint64_t count, const std::string& singular, const std::string& plural) {
    return count_text(count) + ' ' + (count == 1 ? singular : plural);
}

}  // namespace example_common

// SPDX-License-Identifier: MIT
#include "server/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace s3_server {
namespace {

constexpr std::string_view upper_digits = "0123456789ABCDEF";
constexpr std::string_view lower_digits = "0123456789abcdef";

int digit_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

char lower_letter(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool is_alphanumeric(char letter) {
    const char low = lower_letter(letter);
    return (low >= 'a' && low <= 'z') || (letter >= '0' && letter <= '9');
}

void append_percent(std::string& to, char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    to += '%';
    to += upper_digits[byte >> 4U];
    to += upper_digits[byte & 15U];
}

// The two hexadecimal digits from `at` on as a byte, -1 when they are none.
int byte_at(std::string_view text, std::size_t at) {
    if (at + 2 > text.size()) return -1;
    const int high = digit_value(text[at]);
    const int low = digit_value(text[at + 1]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

std::string encoded(std::string_view text, std::string_view kept) {
    std::string result;
    result.reserve(text.size() + 16);
    for (const char letter : text) {
        if (is_alphanumeric(letter) || kept.find(letter) != kept.npos) {
            result += letter;
        } else {
            append_percent(result, letter);
        }
    }
    return result;
}

std::string formatted(const char* format, time_point when) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 64> text{};
    return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

}  // namespace

std::string percent_decoded(std::string_view text, bool plus_is_blank) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        const int byte = text[at] == '%' ? byte_at(text, at + 1) : -1;
        if (byte >= 0) {
            result += static_cast<char>(byte);
            at += 2;
        } else {
            result += plus_is_blank && text[at] == '+' ? ' ' : text[at];
        }
    }
    return result;
}

std::string percent_encoded(std::string_view text, bool keep_slash) {
    return encoded(text, keep_slash ? "-._~/" : "-._~");
}

std::string listing_encoded(std::string_view text) {
    std::string result = encoded(text, "-._/* ");
    std::replace(result.begin(), result.end(), ' ', '+');
    return result;
}

std::string xml_escaped(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (const char letter : text) {
        switch (letter) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            case '\r':
                result += "&#13;";
                break;
            default:
                result += letter;
        }
    }
    return result;
}

std::string json_quoted(std::string_view text) {
    std::string result = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') result += '\\';
        if (static_cast<unsigned char>(letter) < ' ') {
            std::array<char, 8> code{};
            std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(letter));
            result += code.data();
        } else {
            result += letter;
        }
    }
    return result + "\"";
}

std::string lower_hex(std::string_view bytes) {
    std::string result;
    result.reserve(bytes.size() * 2);
    for (const char letter : bytes) {
        result += lower_digits[static_cast<unsigned char>(letter) >> 4U];
        result += lower_digits[static_cast<unsigned char>(letter) & 15U];
    }
    return result;
}

std::optional<std::string> from_hex(std::string_view digits) {
    std::string result;
    if (digits.size() % 2 != 0) return std::nullopt;
    for (std::size_t at = 0; at < digits.size(); at += 2) {
        const int byte = byte_at(digits, at);
        if (byte < 0) return std::nullopt;
        result += static_cast<char>(byte);
    }
    return result;
}

std::string base64(std::string_view bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string result;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        unsigned group = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            group = group << 8U | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        }
        for (std::size_t i = 0; i < 4; ++i) {
            result += at + i > bytes.size() ? '=' : letters[group >> (18U - 6U * i) & 63U];
        }
    }
    return result;
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), lower_letter);
    return result;
}

bool equal_names(std::string_view one, std::string_view other) {
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](char left, char right) { return lower_letter(left) == lower_letter(right); });
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (auto end = text.find(separator); end != text.npos; end = text.find(separator)) {
        parts.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    parts.push_back(text);
    return parts;
}

std::optional<std::uint64_t> whole_number(std::string_view digits) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return number;
}

std::string http_date(time_point when) { return formatted("%a, %d %b %Y %H:%M:%S GMT", when); }
std::string iso_date(time_point when) { return formatted("%Y-%m-%dT%H:%M:%S.000Z", when); }
std::string compact_date(time_point when) { return formatted("%Y%m%dT%H%M%SZ", when); }

std::optional<time_point> from_compact_date(std::string_view text) {
    std::tm parts{};
    const std::string copy(text);
    const char* const end = strptime(copy.c_str(), "%Y%m%dT%H%M%SZ", &parts);
    if (copy.size() != 16 || end != copy.c_str() + copy.size()) return std::nullopt;
    return std::chrono::system_clock::from_time_t(timegm(&parts));
}

}  // namespace s3_server

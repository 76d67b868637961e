// SPDX-License-Identifier: MIT
#include "client/profile_file.hpp"

#include <string_view>

namespace s3 {
namespace {

std::string_view without_blanks(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// "[name]" or, as the other file of profiles writes it, "[profile name]".
std::string_view section_in(std::string_view line) {
    if (line.size() < 2 || line.back() != ']') return {};
    std::string_view name = without_blanks(line.substr(1, line.size() - 2));
    if (name.rfind("profile ", 0) == 0) name = without_blanks(name.substr(8));
    return name;
}

void take(credentials& keys, std::string_view line) {
    const auto sign = line.find('=');
    if (sign == std::string_view::npos) return;
    const std::string_view name = without_blanks(line.substr(0, sign));
    const std::string_view value = without_blanks(line.substr(sign + 1));
    if (name == "aws_access_key_id") keys.access_key_id = value;
    if (name == "aws_secret_access_key") keys.secret_access_key = value;
    if (name == "aws_session_token") keys.session_token = value;
}

}  // namespace

std::optional<credentials> profile_in(std::istream& file, const std::string& name) {
    credentials keys;
    bool inside = false;
    for (std::string text; std::getline(file, text);) {
        const std::string_view line = without_blanks(text);
        if (line.empty() || line.front() == '#' || line.front() == ';') continue;
        if (line.front() == '[') {
            inside = section_in(line) == name;
        } else if (inside) {
            take(keys, line);
        }
    }
    if (keys.access_key_id.empty() || keys.secret_access_key.empty()) return std::nullopt;
    return keys;
}

}  // namespace s3

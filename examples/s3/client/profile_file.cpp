// SPDX-License-Identifier: MIT
#include "client/profile_file.hpp"

#include "client/encode.hpp"
#include "client/errors.hpp"

#include <string_view>

namespace s3 {
namespace {

// "[name]" or, as the other file of profiles writes it, "[profile name]"; a comment may follow.
std::string_view section_in(std::string_view line) {
    const auto end = line.find(']');
    if (end == std::string_view::npos) return {};
    const std::string_view rest = without_blanks(line.substr(end + 1));
    if (!rest.empty() && rest.front() != '#' && rest.front() != ';') return {};
    std::string_view name = without_blanks(line.substr(1, end - 1));
    if (name.rfind("profile ", 0) == 0) name = without_blanks(name.substr(8));
    return name;
}

std::string* field_of(credentials& keys, std::string_view name) {
    if (name == "aws_access_key_id") return &keys.access_key_id;
    if (name == "aws_secret_access_key") return &keys.secret_access_key;
    if (name == "aws_session_token") return &keys.session_token;
    return nullptr;
}

void take(credentials& keys, std::string_view line, const std::string& profile) {
    const auto sign = line.find('=');
    if (sign == std::string_view::npos) return;
    const std::string_view name = without_blanks(line.substr(0, sign));
    const std::string_view value = without_blanks(line.substr(sign + 1));
    std::string* const wanted = field_of(keys, name);
    if (wanted == nullptr) return;
    if (has_control_characters(value)) {
        throw credential_error("the " + std::string(name) + " of the profile '" + profile +
                               "' holds a control character");
    }
    *wanted = value;
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
            take(keys, line, name);
        }
    }
    if (keys.access_key_id.empty() || keys.secret_access_key.empty()) return std::nullopt;
    return keys;
}

}  // namespace s3

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

// Texts name the setting, never the value.
void check_value(const std::string& name, std::string_view value, const std::string& profile) {
    if (has_control_characters(value)) {
        throw credential_error("the " + name + " of the profile '" + profile + "' holds a control character");
    }
}

}  // namespace

std::string profile_name(const environment& variables) { return variables("AWS_PROFILE").value_or("default"); }

std::map<std::string, std::string> settings_in(std::istream& file, const std::string& profile) {
    std::map<std::string, std::string> found;
    bool inside = false;
    for (std::string text; std::getline(file, text);) {
        const std::string_view line = without_blanks(text);
        if (line.empty() || line.front() == '#' || line.front() == ';') continue;
        const auto sign = line.find('=');
        if (line.front() == '[') {
            inside = section_in(line) == profile;
        } else if (inside && sign != std::string_view::npos) {
            const std::string_view value = without_blanks(line.substr(sign + 1));
            found[std::string(without_blanks(line.substr(0, sign)))] = value;
        }
    }
    return found;
}

std::optional<credentials> profile_in(std::istream& file, const std::string& profile) {
    auto found = settings_in(file, profile);
    for (const char* const name : {"aws_access_key_id", "aws_secret_access_key", "aws_session_token"})
        check_value(name, found[name], profile);
    const credentials keys{found["aws_access_key_id"], found["aws_secret_access_key"], found["aws_session_token"]};
    if (keys.access_key_id.empty() || keys.secret_access_key.empty()) return std::nullopt;
    return keys;
}

}  // namespace s3

// SPDX-License-Identifier: MIT
// Files of profiles: [name] lines, and name = value lines below each. Pure functions, any thread.
#pragma once

#include "client/credentials.hpp"
#include "client/environment.hpp"

#include <istream>
#include <map>
#include <optional>
#include <string>

namespace s3 {

// AWS_PROFILE, or "default".
[[nodiscard]] std::string profile_name(const environment& variables);

// What a profile says; nothing when it is not there, or the file.
[[nodiscard]] std::map<std::string, std::string> settings_in(std::istream& file, const std::string& profile);

// The keys of that profile; nothing when it is not there or has no pair of keys. Throws credential_error for
// keys with control characters; its text names the setting, not the value.
[[nodiscard]] std::optional<credentials> profile_in(std::istream& file, const std::string& profile);

}  // namespace s3

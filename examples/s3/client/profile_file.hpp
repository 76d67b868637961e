// SPDX-License-Identifier: MIT
// The file of profiles: [name] lines, and name = value lines below each. Pure functions, any thread.
#pragma once

#include "client/credentials.hpp"

#include <istream>
#include <optional>
#include <string>

namespace s3 {

// The keys of that profile; nothing when it is not there or has no pair of keys. Throws credential_error for
// keys with control characters; its text names the setting, not the value.
[[nodiscard]] std::optional<credentials> profile_in(std::istream& file, const std::string& name);

}  // namespace s3

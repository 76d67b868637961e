// SPDX-License-Identifier: MIT
// What the other file of profiles, AWS_CONFIG_FILE or ~/.aws/config, says of the profile AWS_PROFILE or "default". A
// role in it is not taken on, but told: requests under another identity than the one wanted would be worse.
#pragma once

#include "client/environment.hpp"

#include <string>

namespace s3 {

// What is empty is not there.
struct profile_config {
    std::string region;
    std::string role_arn;
    std::string source_profile;
};

[[nodiscard]] profile_config config_of_profile(const environment& variables);

// What to do about the role of the profile; empty when it has none.
[[nodiscard]] std::string role_advice(const environment& variables);

}  // namespace s3

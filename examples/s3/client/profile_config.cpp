// SPDX-License-Identifier: MIT
#include "client/profile_config.hpp"

#include "client/encode.hpp"
#include "client/profile_file.hpp"

#include <fstream>

namespace s3 {
namespace {

std::string config_path(const environment& variables) {
    if (const auto path = variables("AWS_CONFIG_FILE")) return *path;
    return variables("HOME").value_or("") + "/.aws/config";
}

}  // namespace

profile_config config_of_profile(const environment& variables) {
    std::ifstream file(config_path(variables));
    auto found = settings_in(file, profile_name(variables));
    return {found["region"], found["role_arn"], found["source_profile"]};
}

std::string role_advice(const environment& variables) {
    const profile_config config = config_of_profile(variables);
    if (config.role_arn.empty()) return {};
    const std::string source = config.source_profile.empty() ? "" : "--profile " + config.source_profile + " ";
    return printable("the profile '" + profile_name(variables) + "' has a role in " + config_path(variables) +
                     ", which is not taken on by itself: give " + source + "--role " + config.role_arn);
}

}  // namespace s3

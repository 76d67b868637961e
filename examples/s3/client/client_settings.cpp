// SPDX-License-Identifier: MIT
#include "client/client_settings.hpp"

#include "client/encode.hpp"
#include "client/profile_config.hpp"

#include <initializer_list>

namespace s3 {
namespace {

// The first of the variables that is set, or what was there.
void take(const environment& variables, std::string& setting, std::initializer_list<const char*> names) {
    for (const char* const name : names) {
        const auto value = variables(name);
        if (!value || without_blanks(*value).empty()) continue;
        setting = without_blanks(*value);
        return;
    }
}

}  // namespace

client_settings settings_from_environment(const environment& variables) {
    client_settings settings;
    const std::string region = config_of_profile(variables).region;
    if (!region.empty()) settings.region = region;
    take(variables, settings.endpoint, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
    take(variables, settings.sts_endpoint, {"AWS_ENDPOINT_URL_STS"});
    take(variables, settings.region, {"AWS_REGION", "AWS_DEFAULT_REGION"});
    take(variables, settings.ca_bundle, {"AWS_CA_BUNDLE"});
    return settings;
}

}  // namespace s3

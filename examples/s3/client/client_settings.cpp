// SPDX-License-Identifier: MIT
#include "client/client_settings.hpp"

#include "client/encode.hpp"

#include <cstdlib>
#include <initializer_list>

namespace s3 {
namespace {

// The first of the variables that is set, or what was there.
void take(std::string& setting, std::initializer_list<const char*> names) {
    for (const char* const name : names) {
        const char* const value = std::getenv(name);
        if (value == nullptr || without_blanks(value).empty()) continue;
        setting = without_blanks(value);
        return;
    }
}

}  // namespace

client_settings settings_from_environment() {
    client_settings settings;
    take(settings.endpoint, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
    take(settings.sts_endpoint, {"AWS_ENDPOINT_URL_STS"});
    take(settings.region, {"AWS_REGION", "AWS_DEFAULT_REGION"});
    take(settings.ca_bundle, {"AWS_CA_BUNDLE"});
    return settings;
}

}  // namespace s3

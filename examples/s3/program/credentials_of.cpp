// SPDX-License-Identifier: MIT
#include "program/credentials_of.hpp"

#include "client/blocking_transport.hpp"
#include "interrupt.hpp"

#include <cstdlib>
#include <optional>

namespace s3_program {
namespace {

s3::environment variables_with(const std::string& profile) {
    return [profile](const std::string& name) -> std::optional<std::string> {
        if (!profile.empty() && name == "AWS_PROFILE") return profile;
        if (!profile.empty() && (name == "AWS_ACCESS_KEY_ID" || name == "AWS_SECRET_ACCESS_KEY"))
            return std::nullopt;
        const char* value = std::getenv(name.c_str());
        if (value == nullptr || *value == '\0') return std::nullopt;
        return value;
    };
}

s3::assumed_role take_on(const s3::client_settings& settings, const s3::credentials& keys,
                         const std::string& role) {
    const s3::role_request wanted{.arn = role};
    s3::blocking_transport way(example_common::interrupt_requested);
    return s3::run_here(s3::assume_role(settings, keys, role, wanted.session_name, wanted.duration, way));
}

}  // namespace

std::shared_ptr<s3::credential_source> keys_for(const options& wanted) {
    if (wanted.fixed_keys) {
        return std::make_shared<s3::credential_source>(
            [keys = *wanted.fixed_keys] { return s3::assumed_role{.keys = keys}; });
    }
    return credentials_of(wanted.run.client, wanted.profile, wanted.role);
}

std::shared_ptr<s3::credential_source> credentials_of(const s3::client_settings& settings,
                                                      const std::string& profile, const std::string& role) {
    return std::make_shared<s3::credential_source>([=] {
        const s3::credentials found = s3::find_credentials(variables_with(profile));
        return role.empty() ? s3::assumed_role{.keys = found} : take_on(settings, found, role);
    });
}

std::shared_ptr<s3::credential_source> role_of(const s3::client_settings& settings,
                                               const s3::credentials& keys, const std::string& role) {
    return std::make_shared<s3::credential_source>([=] { return take_on(settings, keys, role); });
}

}  // namespace s3_program

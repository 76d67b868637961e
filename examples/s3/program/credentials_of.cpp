// SPDX-License-Identifier: MIT
#include "program/credentials_of.hpp"

#include "client/blocking_transport.hpp"
#include "client/errors.hpp"
#include "client/profile_config.hpp"
#include "interrupt.hpp"

#include <optional>

namespace s3_program {
namespace {

s3::assumed_role take_on(const s3::client_settings& settings, const s3::credentials& keys,
                         const std::string& role) {
    const s3::role_request wanted{.arn = role};
    s3::blocking_transport way(example_common::interrupt_requested);
    return s3::run_here(s3::assume_role(settings, keys, role, wanted.session_name, wanted.duration, way));
}

bool keys_in(const s3::environment& variables) {
    return !variables("AWS_PROFILE") && variables("AWS_ACCESS_KEY_ID");
}

// A role in the file of profiles is not taken on by itself, and without it the keys are of somebody else.
void refuse_unasked_role(const options& wanted) {
    const s3::environment variables = variables_with(wanted.profile);
    if (keys_in(variables) || !wanted.role.empty() || !wanted.run.worker_role.empty()) return;
    const std::string advice = s3::role_advice(variables);
    if (!advice.empty()) throw s3::credential_error(advice);
}

}  // namespace

s3::environment variables_with(const std::string& profile) {
    return [profile, all = s3::process_environment()](const std::string& name) -> std::optional<std::string> {
        if (profile.empty()) return all(name);
        if (name == "AWS_PROFILE") return profile;
        if (name == "AWS_ACCESS_KEY_ID" || name == "AWS_SECRET_ACCESS_KEY") return std::nullopt;
        return all(name);
    };
}

std::shared_ptr<s3::credential_source> keys_for(const options& wanted) {
    if (wanted.fixed_keys) return made_by(wanted.run.client, recipe_of(wanted));
    refuse_unasked_role(wanted);
    return credentials_of(wanted.run.client, wanted.profile, wanted.role);
}

std::shared_ptr<s3::credential_source> credentials_of(const s3::client_settings& settings,
                                                      const std::string& profile, const std::string& role) {
    return std::make_shared<s3::credential_source>([=] {
        const s3::credentials found = s3::find_credentials(variables_with(profile));
        return role.empty() ? s3::assumed_role{.keys = found} : take_on(settings, found, role);
    });
}

// Keys of the environment stay out of the environment of workers, so that they are part of the recipe.
key_recipe recipe_of(const options& wanted) {
    if (wanted.fixed_keys) return {.base = *wanted.fixed_keys, .profile = "", .role = ""};
    const s3::environment variables = variables_with(wanted.profile);
    key_recipe recipe{.base = {}, .profile = wanted.profile, .role = wanted.role};
    if (keys_in(variables)) recipe.base = s3::find_credentials(variables);
    return recipe;
}

std::shared_ptr<s3::credential_source> made_by(const s3::client_settings& settings, const key_recipe& recipe) {
    if (recipe.base.access_key_id.empty()) return credentials_of(settings, recipe.profile, recipe.role);
    if (!recipe.role.empty()) return role_of(settings, recipe.base, recipe.role);
    return std::make_shared<s3::credential_source>([keys = recipe.base] { return s3::assumed_role{.keys = keys}; });
}

std::shared_ptr<s3::credential_source> role_of(const s3::client_settings& settings,
                                               const s3::credentials& keys, const std::string& role) {
    return std::make_shared<s3::credential_source>([=] { return take_on(settings, keys, role); });
}

}  // namespace s3_program

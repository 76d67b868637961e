// SPDX-License-Identifier: MIT
// Credentials for a run: those of the environment or of a profile, with a role on top when one is wanted.
#pragma once

#include "client/credential_source.hpp"
#include "program/key_recipe.hpp"
#include "program/options.hpp"

#include <memory>
#include <string>

namespace s3_program {

// The process's, where a profile that is not empty takes the place of AWS_PROFILE and of access keys.
[[nodiscard]] s3::environment variables_with(const std::string& profile);

// As the command line says, or the demo.
[[nodiscard]] std::shared_ptr<s3::credential_source> keys_for(const options& wanted);

// Asks for nothing yet. With a profile, access keys in the environment are passed over.
[[nodiscard]] std::shared_ptr<s3::credential_source> credentials_of(const s3::client_settings& settings,
                                                                    const std::string& profile,
                                                                    const std::string& role);

// The same for another process, as far as it can be told: for this one's workers. Throws credential_error.
[[nodiscard]] key_recipe recipe_of(const options& wanted);
[[nodiscard]] std::shared_ptr<s3::credential_source> made_by(const s3::client_settings& settings,
                                                             const key_recipe& recipe);

// `keys` taking on a role: each call of current() that needs one asks the server.
[[nodiscard]] std::shared_ptr<s3::credential_source> role_of(const s3::client_settings& settings,
                                                             const s3::credentials& keys,
                                                             const std::string& role);

}  // namespace s3_program

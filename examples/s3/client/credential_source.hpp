// SPDX-License-Identifier: MIT
// Where a program's credentials come from: the environment (AWS_ACCESS_KEY_ID, ...), else the profile "default" of
// the file AWS_SHARED_CREDENTIALS_FILE or ~/.aws/credentials; with AWS_PROFILE that profile of the file; and with a
// role from AssumeRole on top. Any thread may ask at any time; a role is asked for once and again shortly before it
// expires.
#pragma once

#include "client/client_settings.hpp"
#include "client/credentials.hpp"
#include "client/environment.hpp"
#include "client/sts.hpp"

#include <chrono>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace s3 {

// A role to take on; without an ARN none.
struct role_request {
    std::string arn;
    std::string session_name = "penstock-s3";
    std::chrono::seconds duration{3600};
};

// From the environment or the profile file, without blanks and line ends around them; throws credential_error, which
// says what was looked for and where, which variable holds what belongs into no header, or how to ask for the role that
// the profile has in the file AWS_CONFIG_FILE or ~/.aws/config.
[[nodiscard]] credentials find_credentials();
[[nodiscard]] credentials find_credentials(const environment& variables);

class credential_source {
public:
    using fetch = std::function<assumed_role()>;

    // Finds the credentials at the first call of current(), in the caller's thread.
    explicit credential_source(client_settings settings, role_request role = {});
    // From anywhere. Called under a lock, never twice at the same time.
    explicit credential_source(fetch ask);

    // Throws credential_error or s3_error.
    [[nodiscard]] credentials current();
    // After `refused` was answered with token_expired: renews once, however many callers were refused with the same.
    // Throws credential_error when the same credentials come again.
    [[nodiscard]] credentials refreshed(const credentials& refused);
    // How often credentials were fetched.
    [[nodiscard]] int fetches() const;

private:
    void fetch_again();

    fetch ask_;
    mutable std::mutex mutex_;
    std::optional<assumed_role> held_;
    std::chrono::system_clock::time_point renew_at_;
    std::exception_ptr failure_;  // of the last renewal, for those who were refused with the same
    credentials failed_for_;
    std::chrono::system_clock::time_point failed_at_;
    int fetches_ = 0;
};

}  // namespace s3

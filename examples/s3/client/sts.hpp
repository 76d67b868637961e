// SPDX-License-Identifier: MIT
// AssumeRole: short-lived credentials for a role.
#pragma once

#include "client/client_settings.hpp"
#include "client/credentials.hpp"
#include "client/task.hpp"
#include "client/transport.hpp"

#include <chrono>
#include <string>

namespace s3 {

struct assumed_role {
    credentials keys;
    std::chrono::system_clock::time_point expires = std::chrono::system_clock::time_point::max();
};

// Asks settings.sts_endpoint, settings.endpoint or the region's own. Throws s3_error; retries as the client does.
task<assumed_role> assume_role(client_settings settings, credentials keys, std::string role_arn,
                               std::string session_name, std::chrono::seconds duration, transport& way);

}  // namespace s3

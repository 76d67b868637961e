// SPDX-License-Identifier: MIT
// What workers do with objects for the handlers s3copy and fetch. A worker keeps its connections from one invocation to
// the next; one that did not survive a freeze is opened anew.
#pragma once

#include "client/client_settings.hpp"
#include "client/credentials.hpp"
#include "program/job.hpp"
#include "program/report.hpp"

namespace lambda {

// Where requests go and who signs them: from the environment that Lambda gave the bootstrap.
struct s3_access {
    s3::client_settings settings;
    s3::credentials keys;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(settings, keys);
    }
};

// Throws credential_error, which says what was looked for.
[[nodiscard]] s3_access access_from_environment();

// In a worker. Asks for the size and ETag of a copy's source where the job has none. What went wrong is in the report.
[[nodiscard]] s3_program::report do_object(const s3_access& access, const s3_program::job& what);

}  // namespace lambda

// SPDX-License-Identifier: MIT
#include "handlers/s3_tasks.hpp"

#include "client/blocking_transport.hpp"
#include "client/client.hpp"
#include "client/credential_source.hpp"
#include "program/verbs.hpp"

namespace lambda {

s3_access access_from_environment() { return {s3::settings_from_environment(), s3::find_credentials()}; }

s3_program::report do_object(const s3_access& access, const s3_program::job& what) {
    thread_local s3::blocking_transport way;
    s3::client bucket(access.settings, access.keys, way);
    s3_program::job complete = what;
    if (what.what == s3_program::verb::copy && what.etag.empty()) try {
            const s3::object_info source = s3::run_here(bucket.head({what.bucket, what.key}));
            complete.size = source.size;
            complete.etag = source.etag;
            complete.modified = source.last_modified;
        } catch (const s3::s3_error& problem) {
            s3_program::report missing;
            missing.how = s3_program::outcome::failed;
            missing.error = problem.what();
            return missing;
        }
    return s3::run_here(s3_program::do_job(bucket, complete, {}));
}

}  // namespace lambda

// SPDX-License-Identifier: MIT
// What a job comes to without a server that answers.
#include "client/blocking_transport.hpp"
#include "program/result_file.hpp"
#include "program/verbs.hpp"

#include <gtest/gtest.h>

namespace s3_program::test {
namespace {

report ended(const job& what) {
    s3::client_settings settings;
    settings.endpoint = "http://127.0.0.1:1";  // nobody listens there
    settings.max_attempts = 1;
    s3::blocking_transport way;
    s3::client bucket(settings, {"key", "secret", ""}, way);
    return s3::run_here(do_job(bucket, what, {}));
}

TEST(verbs, the_marker_of_the_folder_that_is_copied_is_passed_over) {
    job marker;
    marker.what = verb::copy;
    marker.bucket = "b";
    marker.key = "fold/";
    marker.to_bucket = "ddd";
    const report how = ended(marker);
    EXPECT_EQ(how.how, outcome::skipped);
    EXPECT_FALSE(how.no_answer);
    EXPECT_EQ(status_text(how), "skipped: the marker of the folder itself has no name there");
}

TEST(verbs, a_server_that_is_not_there_is_no_answer) {
    job one;
    one.bucket = "b";
    one.key = "k";
    const report how = ended(one);
    EXPECT_EQ(how.how, outcome::failed);
    EXPECT_TRUE(how.no_answer);
}

}  // namespace
}  // namespace s3_program::test

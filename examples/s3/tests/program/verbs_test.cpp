// SPDX-License-Identifier: MIT
// What a job comes to without a server that answers.
#include "../client/scripted_server.hpp"
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

// What the HEADs of the source and of its copy say besides their ETags.
struct encryption {
    std::string source;
    std::string copy;
    bool there_before = false;
};

report copied(const encryption& how) {
    bool there = how.there_before;
    s3::test::scripted_server server([&](const s3::test::seen_request& request) -> s3::test::reply {
        if (request.method == "PUT") {
            there = true;
            return s3::test::answer(200, "<CopyObjectResult><ETag>\"22\"</ETag></CopyObjectResult>");
        }
        const bool of_source = request.target == "/from/k";
        if (!of_source && !there) return s3::test::answer(404);
        const std::string more = of_source ? "ETag: \"11\"\r\n" + how.source : "ETag: \"22\"\r\n" + how.copy;
        return {"HTTP/1.1 200 X\r\nContent-Length: 5\r\nLast-Modified: Sat, 21 Nov 2026 12:00:00 GMT\r\n" + more +
                    "\r\n", {}, {}};
    });
    job what;
    what.what = verb::copy;
    what.bucket = "from";
    what.to_bucket = "to";
    what.key = what.to_key = "k";
    what.size = 5;
    what.etag = "\"11\"";
    what.modified = "2026-11-20T12:00:00.000Z";
    s3::client_settings settings;
    settings.endpoint = server.endpoint();
    s3::blocking_transport way;
    s3::client bucket(settings, {"key", "secret", ""}, way);
    return s3::run_here(do_job(bucket, what, {}));
}

TEST(verbs, copies_with_a_key_of_their_own_are_verified_by_size) {
    const std::string kms = "x-amz-server-side-encryption: aws:kms\r\n";
    const std::string twice = "x-amz-server-side-encryption: aws:kms:dsse\r\n";
    const std::string customer = "x-amz-server-side-encryption-customer-algorithm: AES256\r\n";
    for (const encryption& how : {encryption{"", kms}, {kms, ""}, {twice, kms}, {"", customer}}) {
        const report ended = copied(how);
        EXPECT_EQ(status_text(ended), "200 (size only)") << how.source << how.copy;
    }
    for (const encryption& how : {encryption{"", kms, true}, {kms, "", true}}) {
        EXPECT_EQ(copied(how).how, outcome::skipped) << how.source << how.copy;
    }
}

TEST(verbs, copies_that_differ_are_told) {
    const std::string of_s3 = "x-amz-server-side-encryption: AES256\r\n";
    for (const encryption& how : {encryption{"", ""}, {of_s3, of_s3}, {"", "", true}}) {
        const report ended = copied(how);
        EXPECT_EQ(ended.how, outcome::failed);
        EXPECT_NE(ended.error.find("its size or ETag differs"), std::string::npos) << ended.error;
    }
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

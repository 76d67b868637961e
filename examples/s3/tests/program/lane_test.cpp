// SPDX-License-Identifier: MIT
// Tokens that expire in the middle of an upload in parts: the job goes on with newer keys, or leaves it to others.
#include "program/lane.hpp"

#include "../client/scripted_server.hpp"
#include "client/blocking_transport.hpp"
#include "program/work_order.hpp"
#include "text_files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace s3_program::test {
namespace {

using s3::test::answer;
using s3::test::error_answer;
using s3::test::reply;
using s3::test::scripted_server;
using s3::test::seen_request;

const s3::credentials old_keys{"AKIDOLD", "old-secret", "old-token"};
const s3::credentials fresh_keys{"AKIDFRESH", "fresh-secret", "fresh-token"};

// Takes an upload; from the second part on the old keys have expired.
reply play_expiring(const seen_request& request) {
    const bool old = request.header("authorization").find("AKIDOLD/") != std::string::npos;
    if (old && request.number >= 2) return error_answer(400, "ExpiredToken");
    if (request.method == "HEAD") return {"HTTP/1.1 200 X\r\nContent-Length: 25\r\nETag: \"e-3\"\r\n\r\n", {}, {}};
    if (request.method == "DELETE") return answer(204);
    if (request.target.find("?uploads=") != std::string::npos)
        return answer(200, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
    if (request.method == "POST")
        return answer(200, "<CompleteMultipartUploadResult><ETag>e-3</ETag></CompleteMultipartUploadResult>");
    return answer(200, "", "ETag: \"p\"\r\n");
}

class lane_test : public testing::Test {
protected:
    lane_test() {
        order_.settings.endpoint = server_.endpoint();
        order_.keys = old_keys;
        order_.parts = {.single_put = 10, .put_part = 10};
        put_.what = verb::put;
        put_.to_bucket = "b";
        put_.to_key = "k";
        put_.file = file_.name();
    }
    ~lane_test() override {
        ::unsetenv("AWS_SHARED_CREDENTIALS_FILE");
    }

    report run() {
        s3::blocking_transport way;
        lane one(order_, way);
        return s3::run_here(one.run(put_));
    }
    std::size_t uploads_begun() const {
        const auto seen = server_.requests();
        return static_cast<std::size_t>(std::count_if(seen.begin(), seen.end(), [](const seen_request& one) {
            return one.target.find("?uploads=") != std::string::npos;
        }));
    }

    scripted_server server_{play_expiring};
    text_file file_{std::string(25, 'x')};
    work_order order_;
    job put_;
};

TEST_F(lane_test, an_upload_goes_on_with_keys_of_the_runs_own_source) {
    s3::credential_source source([] { return s3::assumed_role{.keys = fresh_keys}; });
    order_.source = &source;
    const report how = run();
    EXPECT_EQ(how.how, outcome::done) << how.error;
    EXPECT_EQ(uploads_begun(), 1U);
    EXPECT_EQ(server_.methods().back(), "HEAD");
    EXPECT_EQ(source.fetches(), 1);
}

TEST_F(lane_test, a_worker_process_reads_its_profile_again) {
    const text_file profiles("[night]\naws_access_key_id = AKIDFRESH\naws_secret_access_key = fresh-secret\n"
                             "aws_session_token = fresh-token\n");
    ::setenv("AWS_SHARED_CREDENTIALS_FILE", profiles.name().c_str(), 1);
    order_.recipe.profile = "night";
    const report how = run();
    EXPECT_EQ(how.how, outcome::done) << how.error;
    EXPECT_EQ(uploads_begun(), 1U);
}

TEST_F(lane_test, keys_that_cannot_be_renewed_here_are_left_to_whoever_gives_the_orders) {
    order_.recipe.base = old_keys;
    EXPECT_EQ(run().how, outcome::expired);
    s3::credential_source source([]() -> s3::assumed_role { throw s3::credential_error("there are none"); });
    order_.source = &source;
    EXPECT_EQ(run().how, outcome::expired);
    EXPECT_EQ(source.fetches(), 1);
}

}  // namespace
}  // namespace s3_program::test

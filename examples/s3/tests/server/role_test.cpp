// SPDX-License-Identifier: MIT
// Who may ask: roles and their temporary keys, regions, and what an error looks like from outside.
#include "server/server.hpp"
#include "support/plain_client.hpp"

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>

namespace s3_server::test {
namespace {

using namespace std::chrono;

server_options demo() {
    bucket_recipe recipe;
    recipe.name = "bucket";
    recipe.objects = 30;
    recipe.bytes = 30'000;
    server_options options;
    options.buckets = {recipe};
    recipe.name = "elsewhere";
    recipe.region = "eu-central-1";
    options.buckets.push_back(recipe);
    return options;
}

wish assume(const std::string& more = {}) {
    wish what;
    what.method = "POST";
    what.path = "/";
    what.service = "sts";
    what.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    what.body =
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fdemo&RoleSessionName="
        "some+name" +
        more;
    return what;
}

signing_key key_in(const reply& answered) {
    return {answered.element("AccessKeyId"), answered.element("SecretAccessKey"),
            answered.element("SessionToken")};
}

TEST(role, gives_a_temporary_key_that_is_accepted_until_it_is_expired) {
    server running(demo());
    plain_client client(running.port());
    const reply answered = client.send(assume());
    ASSERT_EQ(answered.status, 200U) << answered.body;
    EXPECT_EQ(answered.element("Arn"), "arn:aws:iam::1:role/demo/some name");
    EXPECT_EQ(answered.element("Expiration").size(), 24U);
    client.use(key_in(answered));
    EXPECT_EQ(client.get("/bucket/./x").status, 200U);
    running.expire_tokens();
    EXPECT_EQ(client.get("/bucket/./x").code(), "ExpiredToken");
    EXPECT_EQ(client.get("/bucket/./x").status, 400U);
    client.use({demo_access_key_id, demo_secret_access_key, {}});
    client.use(key_in(client.send(assume())));
    EXPECT_EQ(client.get("/bucket/./x").status, 200U);
}

TEST(role, a_key_expires_after_its_lifetime) {
    const auto ahead = std::make_shared<std::atomic<int>>(0);
    server_options options = demo();
    options.now = [ahead] { return system_clock::now() + seconds(ahead->load()); };
    const server running(options);
    plain_client client(running.port());
    client.use(key_in(client.send(assume("&DurationSeconds=900"))));
    *ahead = 850;
    EXPECT_EQ(client.get("/bucket/./x").status, 200U);
    *ahead = 895;
    EXPECT_EQ(client.get("/bucket/./x").status, 200U);
    *ahead = 900;
    EXPECT_EQ(client.get("/bucket/./x").code(), "ExpiredToken");
}

TEST(role, refuses_what_it_does_not_understand_in_its_own_form) {
    server_options options = demo();
    options.role_lifetime = seconds(1);
    const server running(options);
    plain_client client(running.port());
    EXPECT_EQ(client.send(assume("&DurationSeconds=1")).status, 200U);
    wish bad = assume();
    bad.body = "Action=AssumeRole&Version=2011-06-15";
    EXPECT_EQ(client.send(bad).code(), "ValidationError");
    bad.body = "Action=Other";
    EXPECT_EQ(client.send(bad).code(), "InvalidAction");
    client.use({"AKIANOBODY", "secret", {}});
    const reply refused = client.send(assume());
    EXPECT_EQ(refused.code(), "InvalidClientTokenId");
    EXPECT_NE(refused.body.find("<ErrorResponse"), std::string::npos);
    EXPECT_EQ(refused.element("Type"), "Sender");
}

TEST(access, a_wrong_key_and_a_wrong_secret_are_told_apart) {
    const server running(demo());
    plain_client client(running.port());
    client.use({demo_access_key_id, "wrong", {}});
    EXPECT_EQ(client.get("/bucket/./x").code(), "SignatureDoesNotMatch");
    client.use({"AKIANOBODY", demo_secret_access_key, {}});
    EXPECT_EQ(client.get("/bucket/./x").code(), "InvalidAccessKeyId");
    wish open;
    open.path = "/bucket/./x";
    open.is_signed = false;
    EXPECT_EQ(client.send(open).code(), "AccessDenied");
    EXPECT_EQ(running.stats().errors.at("SignatureDoesNotMatch"), 1U);
    EXPECT_EQ(running.stats().errors.at("AccessDenied"), 1U);
}

TEST(access, a_bucket_of_another_region_redirects_and_serves_there) {
    const server running(demo());
    plain_client client(running.port());
    wish what;
    what.path = "/elsewhere/./x";
    reply moved = client.send(what);
    EXPECT_EQ(moved.status, 301U);
    EXPECT_EQ(moved.code(), "PermanentRedirect");
    EXPECT_EQ(moved.header("x-amz-bucket-region"), "eu-central-1");
    what.method = "HEAD";
    moved = client.send(what);
    EXPECT_EQ(moved.status, 301U);
    EXPECT_EQ(moved.header("x-amz-bucket-region"), "eu-central-1");
    what.region = moved.header("x-amz-bucket-region");
    EXPECT_EQ(client.send(what).status, 200U);
}

TEST(access, a_wrong_region_is_told_the_right_one) {
    const server running(demo());
    plain_client client(running.port());
    wish what;
    what.path = "/bucket/./x";
    what.region = "ap-northeast-1";
    const reply refused = client.send(what);
    EXPECT_EQ(refused.status, 400U);
    EXPECT_EQ(refused.code(), "AuthorizationHeaderMalformed");
    EXPECT_EQ(refused.element("Region"), "us-east-1");
    what.region = "us-east-1";
    what.service = "ec2";
    EXPECT_EQ(client.send(what).code(), "AuthorizationHeaderMalformed");
}

}  // namespace
}  // namespace s3_server::test

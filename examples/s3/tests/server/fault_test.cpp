// SPDX-License-Identifier: MIT
// Each fault as a client meets it, and the count that proves that it was played.
#include "server/fault.hpp"

#include "server/server.hpp"
#include "support/plain_client.hpp"

#include <gtest/gtest.h>
#include <chrono>
#include <stdexcept>

namespace s3_server::test {
namespace {

constexpr std::size_t size = 3'000'000;

server_options demo(std::vector<std::string> faults) {
    bucket_recipe recipe;
    recipe.name = "bucket";
    recipe.objects = 0;
    recipe.extra = {{"a", size}, {"b", 10}, {"c", 10}};
    server_options options;
    options.buckets = {recipe};
    options.faults = std::move(faults);
    return options;
}

class played {
public:
    explicit played(std::string spec)
        : spec_(std::move(spec)), running(demo({spec_})), client(running.port()) {}

    reply get(const std::string& path) { return client.get(path); }
    [[nodiscard]] std::uint64_t times() const { return running.stats().faults.at(spec_); }

private:
    std::string spec_;

public:
    server running;
    plain_client client;
};

TEST(fault, twice_503_then_success) {
    played fault("error=503,op=GetObject,times=2,retry-after=3");
    for (int i = 0; i < 2; ++i) {
        const reply refused = fault.get("/bucket/a");
        EXPECT_EQ(refused.status, 503U);
        EXPECT_EQ(refused.code(), "SlowDown");
        EXPECT_EQ(refused.header("retry-after"), "3");
    }
    EXPECT_EQ(fault.get("/bucket/a").status, 200U);
    EXPECT_EQ(fault.times(), 2U);
}

TEST(fault, twice_for_each_key) {
    played fault("error=503,times=2,after=1,per=key");
    for (const char* const path : {"/bucket/b", "/bucket/c"}) {
        EXPECT_EQ(fault.get(path).status, 200U);
        EXPECT_EQ(fault.get(path).status, 503U);
        EXPECT_EQ(fault.get(path).status, 503U);
        EXPECT_EQ(fault.get(path).status, 200U);
    }
    EXPECT_EQ(fault.times(), 4U);
}

TEST(fault, one_key_for_ever) {
    played fault("error=500/InternalError,key=b*,times=forever");
    for (int i = 0; i < 20; ++i) EXPECT_EQ(fault.get("/bucket/b").code(), "InternalError");
    EXPECT_EQ(fault.get("/bucket/a").status, 200U);
    EXPECT_EQ(fault.times(), 20U);
}

TEST(fault, a_reset_in_the_middle_of_a_body) {
    played fault("reset=100000,key=a");
    const reply cut = fault.get("/bucket/a");
    EXPECT_EQ(cut.error, "Connection reset by peer");
    EXPECT_EQ(cut.header("content-length"), std::to_string(size));
    EXPECT_LE(cut.body.size(), 100'000U);
    EXPECT_EQ(fault.get("/bucket/a").body.size(), size);
    EXPECT_EQ(fault.times(), 1U);
}

TEST(fault, a_truncated_body) {
    played fault("truncate=100000");
    const reply cut = fault.get("/bucket/a");
    EXPECT_EQ(cut.error, "partial message");
    EXPECT_EQ(cut.body.size(), 100'000U);
    EXPECT_EQ(fault.get("/bucket/a").body.size(), size);
    EXPECT_EQ(fault.times(), 1U);
}

TEST(fault, a_body_shorter_than_the_truncation_lacks_its_last_byte) {
    played fault("truncate=100000");
    EXPECT_EQ(fault.get("/bucket/b").body.size(), 9U);
}

TEST(fault, an_answer_without_a_body_is_cut_in_its_head) {
    for (const char* const spec : {"truncate=5", "reset=5"}) {
        played fault(spec);
        wish head;
        head.method = "HEAD";
        head.path = "/bucket/b";
        EXPECT_EQ(fault.client.send(head).status, 0U);
        EXPECT_EQ(fault.client.send(head).status, 200U);
        EXPECT_EQ(fault.times(), 1U);
    }
}

TEST(fault, the_connection_closes_between_requests) {
    played fault("close");
    const reply whole = fault.get("/bucket/a");
    EXPECT_EQ(whole.error, "");
    EXPECT_EQ(whole.body.size(), size);
    EXPECT_EQ(whole.header("connection"), "");
    EXPECT_TRUE(fault.client.sees_close());
    EXPECT_EQ(fault.get("/bucket/a").status, 200U);
    EXPECT_TRUE(fault.get("/bucket/a").kept_alive);
    EXPECT_EQ(fault.times(), 1U);
}

TEST(fault, the_connection_closes_instead_of_an_answer) {
    played fault("drop,after=1");
    EXPECT_EQ(fault.get("/bucket/b").status, 200U);
    const reply nothing = fault.get("/bucket/b");
    EXPECT_EQ(nothing.status, 0U);
    EXPECT_TRUE(nothing.kept_alive);
    EXPECT_NE(nothing.error, "");
    EXPECT_EQ(fault.get("/bucket/b").status, 200U);
    EXPECT_EQ(fault.times(), 1U);
}

TEST(fault, a_redirect) {
    played fault("redirect=eu-west-1,bucket=bucket");
    const reply moved = fault.get("/bucket/b");
    EXPECT_EQ(moved.status, 301U);
    EXPECT_EQ(moved.header("x-amz-bucket-region"), "eu-west-1");
    EXPECT_EQ(fault.get("/bucket/b").status, 200U);
    EXPECT_EQ(fault.times(), 1U);
}

TEST(fault, tokens_expire_in_the_middle) {
    played fault("expire,op=GetObject,after=2");
    wish assume;
    assume.method = "POST";
    assume.path = "/";
    assume.service = "sts";
    assume.body = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::1:role/x&RoleSessionName=name";
    const auto take_role = [&] {
        fault.client.use({demo_access_key_id, demo_secret_access_key, {}});
        const reply given = fault.client.send(assume);
        fault.client.use(
            {given.element("AccessKeyId"), given.element("SecretAccessKey"), given.element("SessionToken")});
    };
    take_role();
    EXPECT_EQ(fault.get("/bucket/b").status, 200U);
    EXPECT_EQ(fault.get("/bucket/b").status, 200U);
    EXPECT_EQ(fault.get("/bucket/b").code(), "ExpiredToken");
    EXPECT_EQ(fault.get("/bucket/b").code(), "ExpiredToken");
    take_role();
    EXPECT_EQ(fault.get("/bucket/b").status, 200U);
    EXPECT_EQ(fault.times(), 1U);
    EXPECT_EQ(fault.running.stats().requests.at("AssumeRole"), 2U);
}

TEST(fault, a_copy_that_fails_with_200) {
    played fault("copy-error=SlowDown");
    wish copy;
    copy.method = "PUT";
    copy.path = "/bucket/copy";
    copy.headers = {{"x-amz-copy-source", "bucket/b"}};
    const reply failed = fault.client.send(copy);
    EXPECT_EQ(failed.status, 200U);
    EXPECT_EQ(failed.code(), "SlowDown");
    EXPECT_EQ(fault.get("/bucket/copy").status, 404U);
    EXPECT_EQ(fault.client.send(copy).code(), "");
    EXPECT_EQ(fault.times(), 1U);
}

TEST(fault, html_instead_of_xml) {
    played fault("html,op=ListObjects");
    const reply page = fault.client.get("/bucket", {{"list-type", "2"}});
    EXPECT_EQ(page.status, 200U);
    EXPECT_EQ(page.header("content-type"), "text/html");
    EXPECT_NE(page.body.find("<html>"), std::string::npos);
    EXPECT_EQ(fault.times(), 1U);
}

TEST(fault, a_truncated_listing_without_a_token) {
    played fault("no-token,times=2");
    for (const char* const most : {"1", "1000"}) {
        const reply page = fault.client.get("/bucket", {{"list-type", "2"}, {"max-keys", most}});
        EXPECT_EQ(page.element("IsTruncated"), "true");
        EXPECT_EQ(page.element("NextContinuationToken"), "");
        EXPECT_FALSE(elements(page.body, "Key").empty());
    }
    EXPECT_EQ(fault.times(), 2U);
}

TEST(fault, a_stall_and_then_the_rest) {
    for (const char* const spec : {"stall=30", "stall=30,at=1000"}) {
        played fault(spec);
        const auto begin = std::chrono::steady_clock::now();
        EXPECT_EQ(fault.get("/bucket/a").body.size(), size);
        EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{30});
        EXPECT_EQ(fault.times(), 1U);
    }
}

TEST(fault, the_first_that_is_not_used_up_plays) {
    const server running(demo({"error=500,after=1", "error=503"}));
    plain_client client(running.port());
    EXPECT_EQ(client.get("/bucket/b").status, 503U);
    EXPECT_EQ(client.get("/bucket/b").status, 500U);
    EXPECT_EQ(client.get("/bucket/b").status, 200U);
    EXPECT_EQ(running.stats().all_faults(), 2U);
}

TEST(fault, a_spec_that_is_not_understood_is_named) {
    for (const char* const spec :
         {"", "nonsense", "error=x", "error=700", "reset", "error=503,op=Nothing", "close=1", "close,times=x",
          "close,retry-after=1", "reset=1,at=1", "redirect", "error=503,per=x"}) {
        try {
            (void)parse_fault(spec);
            ADD_FAILURE() << spec;
        } catch (const std::invalid_argument& error) {
            EXPECT_NE(std::string(error.what()).find(std::string("'") + spec + "'"), std::string::npos);
        }
    }
    EXPECT_THROW(server{demo({"nonsense"})}, std::invalid_argument);
}

TEST(fault, patterns) {
    EXPECT_TRUE(glob_matches("*", ""));
    EXPECT_TRUE(glob_matches("a*c*", "abcabd"));
    EXPECT_TRUE(glob_matches("2023/*/1?/*", "2023/05/17/x"));
    EXPECT_FALSE(glob_matches("a*c", "abd"));
    EXPECT_FALSE(glob_matches("", "a"));
    EXPECT_FALSE(glob_matches("a?", "a"));
}

}  // namespace
}  // namespace s3_server::test

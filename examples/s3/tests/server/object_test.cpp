// SPDX-License-Identifier: MIT
#include "server/made_bytes.hpp"
#include "server/server.hpp"
#include "support/plain_client.hpp"

#include <gtest/gtest.h>

namespace s3_server::test {
namespace {

constexpr std::uint64_t gib = std::uint64_t{1} << 30U;

server_options demo() {
    bucket_recipe recipe;
    recipe.name = "bucket";
    recipe.objects = 60;
    recipe.bytes = 6'000'000;
    recipe.extra = {{"large.bin", 5 * gib}, {"three.bin", 3 * made_block_size + 5}};
    server_options options;
    options.buckets = {recipe};
    return options;
}

class objects : public testing::Test {
protected:
    reply send(const std::string& method, const std::string& path, const std::string& body = {},
               pairs headers = {}) {
        wish what;
        what.method = method;
        what.path = path;
        what.body = body;
        what.headers = std::move(headers);
        return client.send(what);
    }

    server running{demo()};
    plain_client client{running.port()};
};

bool is_made(const std::string& body, const std::string& key, std::uint64_t offset = 0) {
    made_checker checker(key, offset);
    checker.add(std::as_bytes(std::span(body)));
    return checker.good();
}

TEST_F(objects, every_made_object_comes_with_its_bytes_and_its_md5) {
    for (const auto& one : made_objects(demo().buckets.front())) {
        if (one.size > gib) continue;
        const reply got = client.get("/bucket/" + one.key);
        ASSERT_EQ(got.status, 200U) << one.key << got.body;
        EXPECT_EQ(got.body.size(), one.size) << one.key;
        EXPECT_TRUE(is_made(got.body, one.key)) << one.key;
        EXPECT_EQ(got.header("etag"), "\"" + hex_md5(got.body) + "\"");
        EXPECT_EQ(got.header("x-amz-request-id").size(), 16U);
    }
}

TEST_F(objects, ranges) {
    const std::uint64_t size = 3 * made_block_size + 5;
    const auto range = [&](const std::string& text) {
        return client.get("/bucket/three.bin", {}, {{"Range", text}});
    };
    const reply middle = range("bytes=1000000-2999999");
    EXPECT_EQ(middle.status, 206U);
    EXPECT_EQ(middle.header("content-range"), "bytes 1000000-2999999/" + std::to_string(size));
    EXPECT_EQ(middle.body.size(), 2'000'000U);
    EXPECT_TRUE(is_made(middle.body, "three.bin", 1'000'000));
    const reply end = range("bytes=-7");
    EXPECT_EQ(end.body.size(), 7U);
    EXPECT_TRUE(is_made(end.body, "three.bin", size - 7));
    EXPECT_EQ(range("bytes=3000000-").body.size(), size - 3'000'000);
    EXPECT_EQ(range("bytes=0-99999999").body.size(), size);
    EXPECT_EQ(range("bytes=5-3").status, 200U);
    const reply beyond = range("bytes=99999999-");
    EXPECT_EQ(beyond.status, 416U);
    EXPECT_EQ(beyond.code(), "InvalidRange");
    EXPECT_EQ(beyond.header("content-range"), "bytes */" + std::to_string(size));
}

TEST_F(objects, the_end_of_five_gibibytes) {
    const reply head = send("HEAD", "/bucket/large.bin");
    EXPECT_EQ(head.header("content-length"), std::to_string(5 * gib));
    EXPECT_EQ(head.header("etag").substr(33), "-640\"");
    const reply got = client.get("/bucket/large.bin", {}, {{"Range", "bytes=5368000000-"}});
    EXPECT_EQ(got.body.size(), 5 * gib - 5'368'000'000);
    EXPECT_TRUE(is_made(got.body, "large.bin", 5'368'000'000));
}

TEST_F(objects, a_large_body_streams) {
    made_checker checker("three.bin");
    const reply got = client.get_large(
        "/bucket/three.bin", [&](std::string_view piece) { checker.add(std::as_bytes(std::span(piece))); });
    EXPECT_EQ(got.error, "");
    EXPECT_EQ(checker.reached(), 3 * made_block_size + 5);
    EXPECT_TRUE(checker.good());
}

TEST_F(objects, conditions) {
    const std::string etag = send("HEAD", "/bucket/three.bin").header("etag");
    EXPECT_EQ(client.get("/bucket/three.bin", {}, {{"If-Match", etag}}).status, 200U);
    EXPECT_EQ(client.get("/bucket/three.bin", {}, {{"If-Match", "\"0\""}}).code(), "PreconditionFailed");
    EXPECT_EQ(client.get("/bucket/three.bin", {}, {{"If-None-Match", etag}}).status, 304U);
    EXPECT_TRUE(client.get("/bucket/three.bin").kept_alive);
}

TEST_F(objects, an_error_to_head_has_no_body) {
    const reply head = send("HEAD", "/bucket/nothing");
    EXPECT_EQ(head.status, 404U);
    EXPECT_EQ(head.header("x-amz-request-id").size(), 16U);
    const reply got = client.get("/bucket/nothing");
    EXPECT_TRUE(got.kept_alive);
    EXPECT_EQ(got.code(), "NoSuchKey");
    EXPECT_EQ(got.element("Key"), "nothing");
    EXPECT_EQ(got.element("RequestId"), got.header("x-amz-request-id"));
    EXPECT_FALSE(got.element("HostId").empty());
}

TEST_F(objects, put_get_and_delete_with_odd_keys) {
    for (const auto& key : odd_keys()) {
        const std::string path = "/bucket/" + key;
        const reply put = send("PUT", path, "bytes of " + key, {{"Content-Type", "text/plain"}});
        ASSERT_EQ(put.status, 200U) << put.body;
        const reply got = client.get(path);
        EXPECT_EQ(got.body, "bytes of " + key);
        EXPECT_EQ(got.header("content-type"), "text/plain");
        EXPECT_EQ(got.header("etag"), put.header("etag"));
        EXPECT_EQ(send("DELETE", path).status, 204U);
        EXPECT_EQ(client.get(path).status, 404U) << key;
    }
}

TEST_F(objects, an_empty_object_and_a_damaged_one) {
    EXPECT_EQ(send("PUT", "/bucket/empty").status, 200U);
    EXPECT_EQ(client.get("/bucket/empty").header("etag"), "\"d41d8cd98f00b204e9800998ecf8427e\"");
    EXPECT_EQ(client.get("/bucket/empty", {}, {{"Range", "bytes=0-"}}).status, 416U);
    EXPECT_EQ(send("PUT", "/bucket/bad", "x", {{"Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="}}).code(),
              "BadDigest");
}

TEST_F(objects, who_expects_100_continue_gets_it) {
    const reply put =
        send("PUT", "/bucket/expected", std::string(3'000'000, 'x'), {{"Expect", "100-continue"}});
    // The client does not wait for it, so the first answer it reads is that one.
    EXPECT_EQ(put.status, 100U);
}

TEST_F(objects, the_bucket_may_stand_in_the_host) {
    for (const char* const host : {"bucket.localhost:9000", "bucket.localhost", "bucket.s3.example.com"}) {
        wish what;
        what.path = "/three.bin";
        what.host = host;
        EXPECT_EQ(client.send(what).status, 200U) << host;
        what.path = "/";
        what.query = {{"list-type", "2"}, {"max-keys", "1"}};
        EXPECT_EQ(client.send(what).element("Name"), "bucket") << host;
    }
}

TEST_F(objects, buckets_are_made_found_listed_and_removed) {
    EXPECT_EQ(send("HEAD", "/fresh").status, 404U);
    EXPECT_EQ(send("PUT", "/fresh").status, 200U);
    EXPECT_EQ(send("PUT", "/fresh").code(), "BucketAlreadyOwnedByYou");
    EXPECT_EQ(send("PUT", "/No").code(), "InvalidBucketName");
    EXPECT_EQ(send("HEAD", "/fresh").header("x-amz-bucket-region"), "us-east-1");
    EXPECT_EQ(elements(client.get("/").body, "Name"), (std::vector<std::string>{"bucket", "fresh"}));
    EXPECT_EQ(send("DELETE", "/bucket").code(), "BucketNotEmpty");
    EXPECT_EQ(send("DELETE", "/fresh").status, 204U);
    EXPECT_EQ(send("PUT", "/fresh/key", "x").code(), "NoSuchBucket");
}

}  // namespace
}  // namespace s3_server::test

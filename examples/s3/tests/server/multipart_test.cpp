// SPDX-License-Identifier: MIT
// Multipart uploads and both kinds of copy.
#include "server/made_bytes.hpp"
#include "server/server.hpp"
#include "support/plain_client.hpp"

#include <gtest/gtest.h>

namespace s3_server::test {
namespace {

constexpr std::uint64_t mib = 1U << 20U;

server_options demo() {
    bucket_recipe recipe;
    recipe.name = "bucket";
    recipe.objects = 30;
    recipe.bytes = 30'000;
    recipe.extra = {{"small.bin", 1000}, {"large.bin", 12 * mib}, {"huge.bin", 6000 * mib}};
    server_options options;
    options.buckets = {recipe};
    return options;
}

class uploads : public testing::Test {
protected:
    reply send(const std::string& method, const std::string& path, pairs query = {},
               const std::string& body = {}, pairs headers = {}) {
        wish what;
        what.method = method;
        what.path = path;
        what.query = std::move(query);
        what.body = body;
        what.headers = std::move(headers);
        return client.send(what);
    }

    std::string begin(const std::string& path) {
        return send("POST", path, {{"uploads", ""}}).element("UploadId");
    }

    reply part(const std::string& path, const std::string& id, unsigned number, const std::string& body) {
        return send("PUT", path, {{"partNumber", std::to_string(number)}, {"uploadId", id}}, body);
    }

    reply complete(const std::string& path, const std::string& id, const pairs& parts) {
        std::string xml = "<CompleteMultipartUpload>";
        for (const auto& [number, etag] : parts) {
            xml += "<Part><PartNumber>" + number + "</PartNumber><ETag>" + etag + "</ETag></Part>";
        }
        return send("POST", path, {{"uploadId", id}}, xml + "</CompleteMultipartUpload>");
    }

    server running{demo()};
    plain_client client{running.port()};
};

TEST_F(uploads, parts_become_one_object) {
    const std::string path = "/bucket/a b+c//\u65e5";
    const std::string id = begin(path);
    const std::string first(5 * mib, 'a');
    const std::string one = part(path, id, 1, first).header("etag");
    const std::string two = part(path, id, 2, "the end").header("etag");
    EXPECT_EQ(two, "\"" + hex_md5("the end") + "\"");
    const reply done = complete(path, id, {{"1", one}, {"2", "&quot;" + hex_md5("the end") + "&quot;"}});
    ASSERT_EQ(done.status, 200U) << done.body;
    const reply got = client.get(path);
    EXPECT_EQ(got.body, first + "the end");
    EXPECT_EQ(got.header("etag"), done.element("ETag"));
    EXPECT_EQ(got.header("etag").substr(33), "-2\"");
    EXPECT_EQ(complete(path, id, {{"1", one}}).code(), "NoSuchUpload");
}

TEST_F(uploads, what_does_not_fit_is_refused) {
    const std::string path = "/bucket/key";
    const std::string id = begin(path);
    const std::string one = part(path, id, 1, "small").header("etag");
    const std::string two = part(path, id, 2, "end").header("etag");
    EXPECT_EQ(part(path, "none", 1, "x").code(), "NoSuchUpload");
    EXPECT_EQ(part(path, id, 0, "x").code(), "InvalidArgument");
    EXPECT_EQ(complete(path, id, {{"1", one}, {"2", one}}).code(), "InvalidPart");
    EXPECT_EQ(complete(path, id, {{"1", one}, {"3", two}}).code(), "InvalidPart");
    EXPECT_EQ(complete(path, id, {{"2", two}, {"1", one}}).code(), "InvalidPartOrder");
    EXPECT_EQ(complete(path, id, {{"1", one}, {"2", two}}).code(), "EntityTooSmall");
    EXPECT_EQ(complete(path, id, {}).code(), "MalformedXML");
    EXPECT_EQ(client.get(path).status, 404U);
    EXPECT_EQ(send("DELETE", path, {{"uploadId", id}}).status, 204U);
    EXPECT_EQ(part(path, id, 1, "x").code(), "NoSuchUpload");
}

TEST_F(uploads, a_copy_has_the_bytes_and_the_etag_of_its_source) {
    ASSERT_EQ(send("PUT", "/target").status, 200U);
    for (const auto& one : made_objects(demo().buckets.front())) {
        if (one.size > 5000 * mib) continue;
        const std::string source = "/bucket/" + url_encoded(one.key, true);
        const reply copied = send("PUT", "/target/" + one.key, {}, {}, {{"x-amz-copy-source", source}});
        ASSERT_EQ(copied.status, 200U) << copied.body;
        const reply got = client.get("/target/" + one.key);
        made_checker checker(one.key);
        checker.add(std::as_bytes(std::span(got.body)));
        EXPECT_TRUE(checker.good() && checker.reached() == one.size) << one.key;
        EXPECT_EQ(got.header("etag"), copied.element("ETag"));
        EXPECT_EQ(got.header("etag"), client.get("/bucket/" + one.key).header("etag"));
    }
}

TEST_F(uploads, a_copy_that_cannot_be_is_refused) {
    const auto copy = [&](const std::string& source, pairs headers = {}) {
        headers.emplace_back("x-amz-copy-source", source);
        return send("PUT", "/bucket/copy", {}, {}, headers).code();
    };
    EXPECT_EQ(copy("/bucket/none"), "NoSuchKey");
    EXPECT_EQ(copy("/nowhere/none"), "NoSuchBucket");
    EXPECT_EQ(copy("bucket"), "InvalidArgument");
    EXPECT_EQ(copy("bucket/huge.bin"), "InvalidRequest");
    EXPECT_EQ(copy("bucket/copy"), "NoSuchKey");
    EXPECT_EQ(copy("bucket/small.bin", {{"x-amz-copy-source-if-match", "\"0\""}}), "PreconditionFailed");
    EXPECT_EQ(copy("bucket/small.bin"), "");
    EXPECT_EQ(copy("bucket/copy"), "InvalidRequest");
}

TEST_F(uploads, parts_are_copied_by_range) {
    const std::string path = "/bucket/joined";
    const std::string id = begin(path);
    const auto copy = [&](const std::string& number, const std::string& source, const std::string& range) {
        pairs headers{{"x-amz-copy-source", source}};
        if (!range.empty()) headers.emplace_back("x-amz-copy-source-range", range);
        const reply copied = send("PUT", path, {{"partNumber", number}, {"uploadId", id}}, {}, headers);
        EXPECT_EQ(copied.status, 200U) << copied.body;
        return copied.element("ETag");
    };
    const std::string one = copy("1", "/bucket/large.bin", "bytes=0-6291455");
    const std::string two = copy("2", "/bucket/large.bin", "bytes=6291456-12582911");
    const std::string three = copy("3", "/bucket/small.bin", "");
    ASSERT_EQ(complete(path, id, {{"1", one}, {"2", two}, {"3", three}}).status, 200U);
    const reply got = client.get(path);
    ASSERT_EQ(got.body.size(), 12 * mib + 1000);
    made_checker large("large.bin");
    large.add(std::as_bytes(std::span(got.body)).first(12 * mib));
    made_checker small("small.bin");
    small.add(std::as_bytes(std::span(got.body)).subspan(12 * mib));
    EXPECT_TRUE(large.good() && small.good());
    EXPECT_EQ(one, "\"" + hex_md5(got.body.substr(0, 6 * mib)) + "\"");
}

TEST_F(uploads, six_gibibytes_are_copied_in_two_parts) {
    const std::string id = begin("/bucket/huge copy");
    pairs parts;
    for (const auto& [number, range] :
         pairs{{"1", "bytes=0-3145727999"}, {"2", "bytes=3145728000-6291455999"}}) {
        const reply copied =
            send("PUT", "/bucket/huge copy", {{"partNumber", number}, {"uploadId", id}}, {},
                 {{"x-amz-copy-source", "/bucket/huge.bin"}, {"x-amz-copy-source-range", range}});
        parts.emplace_back(number, copied.element("ETag"));
    }
    ASSERT_EQ(complete("/bucket/huge copy", id, parts).status, 200U);
    const reply end = client.get("/bucket/huge copy", {}, {{"Range", "bytes=3145000000-3146000000"}});
    made_checker checker("huge.bin", 3'145'000'000);
    checker.add(std::as_bytes(std::span(end.body)));
    EXPECT_TRUE(checker.good());
    EXPECT_EQ(checker.reached(), 3'146'000'001U);
}

}  // namespace
}  // namespace s3_server::test

// SPDX-License-Identifier: MIT
// The values of the four signed requests that the S3 reference publishes, and each part of one of them changed.
#include "server/signature_check.hpp"

#include "server/refusal.hpp"
#include "support/signer.hpp"

#include <gtest/gtest.h>

namespace s3_server::test {
namespace {

using namespace std::chrono;

constexpr const char* example_id = "AKIAIOSFODNN7EXAMPLE";
constexpr const char* example_secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr const char* empty_hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const time_point example_time = sys_days{year{2013} / May / 24};

std::string authorization(const std::string& names, const std::string& signature) {
    return "AWS4-HMAC-SHA256 Credential=" + std::string(example_id) +
           "/20130524/us-east-1/s3/aws4_request,SignedHeaders=" + names + ",Signature=" + signature;
}

request example(const std::string& method, const std::string& target, const std::string& names,
                const std::string& signature) {
    return {method,
            target,
            {{"Host", "examplebucket.s3.amazonaws.com"},
             {"x-amz-content-sha256", empty_hash},
             {"x-amz-date", "20130524T000000Z"},
             {"Authorization", authorization(names, signature)}},
            {}};
}

request get_example() {
    request get = example("GET", "/test.txt", "host;range;x-amz-content-sha256;x-amz-date",
                          "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    get.headers.push_back({"Range", "bytes=0-9"});
    return get;
}

request put_example() {
    request put =
        example("PUT", "/test%24file.text", "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    put.headers.push_back({"Date", "Fri, 24 May 2013 00:00:00 GMT"});
    put.headers.push_back({"x-amz-storage-class", "REDUCED_REDUNDANCY"});
    put.headers[1].value = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
    put.body = "Welcome to Amazon S3.";
    return put;
}

std::string code_of(const request& received, const key_ring& keys, time_point now = example_time) {
    try {
        (void)verify_signature(received, keys, now);
        return "accepted";
    } catch (const refusal& error) {
        return error.code;
    }
}

std::string code_of(const request& received) {
    return code_of(received, key_ring({example_id, example_secret, {}, {}}));
}

TEST(signature, accepts_the_published_examples) {
    const std::string names = "host;x-amz-content-sha256;x-amz-date";
    EXPECT_EQ(code_of(get_example()), "accepted");
    EXPECT_EQ(code_of(put_example()), "accepted");
    EXPECT_EQ(code_of(example("GET", "/?lifecycle", names,
                              "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")),
              "accepted");
    EXPECT_EQ(code_of(example("GET", "/?max-keys=2&prefix=J", names,
                              "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")),
              "accepted");
}

TEST(signature, the_order_of_the_query_and_needless_encoding_do_not_matter) {
    const std::string names = "host;x-amz-content-sha256;x-amz-date";
    const std::string right = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7";
    EXPECT_EQ(code_of(example("GET", "/?prefix=J&max-keys=2", names, right)), "accepted");
    EXPECT_EQ(code_of(example("GET", "/?prefix=%4A&max-keys=2", names, right)), "accepted");
    EXPECT_EQ(code_of(example("GET", "/?prefix=j&max-keys=2", names, right)), "SignatureDoesNotMatch");
}

TEST(signature, refuses_each_changed_part) {
    const std::string no_match = "SignatureDoesNotMatch";
    request changed = put_example();
    changed.method = "POST";
    EXPECT_EQ(code_of(changed), no_match);

    changed = put_example();
    changed.target = "/test%24file.tex";
    EXPECT_EQ(code_of(changed), no_match);

    changed = put_example();
    changed.target += "?acl";
    EXPECT_EQ(code_of(changed), no_match);

    changed = put_example();
    changed.body += " ";
    EXPECT_EQ(code_of(changed), "XAmzContentSHA256Mismatch");

    changed = put_example();
    changed.headers[1].value = "UNSIGNED-PAYLOAD";
    EXPECT_EQ(code_of(changed), no_match);

    changed = put_example();
    changed.headers[2].value = "20130524T000001Z";
    EXPECT_EQ(code_of(changed), no_match);
}

TEST(signature, refuses_each_changed_header) {
    for (const std::size_t index : {0U, 4U, 5U}) {  // Host, Date, storage class
        request changed = put_example();
        changed.headers[index].value += "x";
        EXPECT_EQ(code_of(changed), "SignatureDoesNotMatch") << changed.headers[index].name;
    }
    request blanks = put_example();
    blanks.headers[5].value = "  REDUCED_REDUNDANCY ";
    EXPECT_EQ(code_of(blanks), "accepted");
}

TEST(signature, refuses_each_changed_part_of_the_authorization) {
    const auto with = [](const std::string& what, const std::string& by) {
        request changed = get_example();
        std::string& value = changed.headers[3].value;
        value.replace(value.find(what), what.size(), by);
        return code_of(changed);
    };
    EXPECT_EQ(with("IOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLF"), "InvalidAccessKeyId");
    EXPECT_EQ(with("20130524", "20130525"), "AuthorizationHeaderMalformed");
    EXPECT_EQ(with("us-east-1", "us-east-2"), "SignatureDoesNotMatch");
    EXPECT_EQ(with("/s3/", "/sts/"), "SignatureDoesNotMatch");
    EXPECT_EQ(with("aws4_request", "aws3_request"), "AuthorizationHeaderMalformed");
    EXPECT_EQ(with("host;range;", "host;"), "SignatureDoesNotMatch");
    EXPECT_EQ(with("host;range;", "range;"), "AuthorizationHeaderMalformed");
    EXPECT_EQ(with("host;range;", "range;host;"), "AuthorizationHeaderMalformed");
    EXPECT_EQ(with("f0e8", "f0e9"), "SignatureDoesNotMatch");
    EXPECT_EQ(with("HMAC-SHA256", "HMAC-SHA255"), "InvalidRequest");
}

TEST(signature, refuses_what_is_missing_or_not_signed) {
    request changed = get_example();
    changed.headers[3].value.clear();
    EXPECT_EQ(code_of(changed), "AccessDenied");

    changed = get_example();
    changed.headers.push_back({"x-amz-meta-extra", "1"});
    EXPECT_EQ(code_of(changed), "AccessDenied");

    changed = get_example();
    changed.headers[1].value.clear();
    EXPECT_EQ(code_of(changed), "InvalidRequest");
}

TEST(signature, refuses_a_wrong_secret_and_a_wrong_clock) {
    const auto keys = key_ring({example_id, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEZ", {}, {}});
    EXPECT_EQ(code_of(get_example(), keys), "SignatureDoesNotMatch");
    const key_ring right({example_id, example_secret, {}, {}});
    EXPECT_EQ(code_of(get_example(), right, example_time + 15min), "accepted");
    EXPECT_EQ(code_of(get_example(), right, example_time - 15min), "accepted");
    EXPECT_EQ(code_of(get_example(), right, example_time + 15min + 1s), "RequestTimeTooSkewed");
    EXPECT_EQ(code_of(get_example(), right, example_time - 15min - 1s), "RequestTimeTooSkewed");
}

// The tests' signer, for what no published example has.
request signed_with(const signing_key& key, const std::string& token) {
    to_sign what{"GET",
                 "/bucket/a b+c//\u65e5",
                 {{"prefix", "a b+c&="}},
                 {},
                 "20130524T000000Z",
                 "us-east-1",
                 "s3",
                 empty_hash};
    what.headers = {{"host", "localhost"}, {"x-amz-content-sha256", empty_hash}, {"x-amz-date", what.date}};
    if (!token.empty()) what.headers.emplace_back("x-amz-security-token", token);
    request result{"GET", url_encoded(what.path, true) + "?prefix=a%20b%2Bc%26%3D", {}, {}};
    for (const auto& [name, value] : what.headers) result.headers.push_back({name, value});
    result.headers.push_back({"Authorization", authorization_of(what, key)});
    return result;
}

TEST(signature, a_session_token_must_be_there_and_the_right_one_and_alive) {
    key_ring keys({example_id, example_secret, {}, {}});
    const access_key key = keys.make_temporary(example_time + 1h);
    const signing_key signing{key.id, key.secret, {}};
    EXPECT_EQ(code_of(signed_with(signing, key.session_token), keys), "accepted");
    EXPECT_EQ(code_of(signed_with(signing, ""), keys), "InvalidAccessKeyId");
    EXPECT_EQ(code_of(signed_with(signing, "other"), keys), "InvalidToken");
    EXPECT_EQ(code_of(signed_with({example_id, example_secret, {}}, "other"), keys), "InvalidToken");
    keys.expire_temporary(example_time);
    EXPECT_EQ(code_of(signed_with(signing, key.session_token), keys), "ExpiredToken");
    EXPECT_EQ(code_of(signed_with({example_id, example_secret, {}}, ""), keys), "accepted");
}

}  // namespace
}  // namespace s3_server::test

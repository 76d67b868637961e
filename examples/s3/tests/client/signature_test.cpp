// SPDX-License-Identifier: MIT
// The signatures that AWS publishes for its examples: whoever computes these computes them as the servers do.
#include "client/signature.hpp"

#include "client/digest.hpp"
#include "client/encode.hpp"

#include <gtest/gtest.h>

namespace s3::test {
namespace {

using namespace std::chrono_literals;

const std::string empty_hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::string signature_of(const header_list& added) {
    const std::string value(header(added, "authorization"));
    return value.substr(value.find("Signature=") + 10);
}

std::string signed_headers_of(const header_list& added) {
    const std::string value(header(added, "authorization"));
    const auto begin = value.find("SignedHeaders=") + 14;
    return value.substr(begin, value.find(',', begin) - begin);
}

// 30 August 2015, 12:36:00: the published suite.
header_list suite_signature(unsigned_request request, const std::string& token = {}) {
    request.headers.emplace_back("Host", "example.amazonaws.com");
    if (request.payload_hash.empty()) request.payload_hash = empty_hash;
    const credentials keys{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token};
    const signing_scope scope{"us-east-1", "service", std::chrono::system_clock::time_point(1440938160s)};
    return signature_headers(std::move(request), keys, scope);
}

// 24 May 2013: the examples of the S3 manual.
header_list manual_signature(unsigned_request request) {
    request.headers.emplace_back("host", "examplebucket.s3.amazonaws.com");
    request.headers.emplace_back("x-amz-content-sha256", request.payload_hash);
    const credentials keys{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""};
    const signing_scope scope{"us-east-1", "s3", std::chrono::system_clock::time_point(1369353600s)};
    return signature_headers(std::move(request), keys, scope);
}

TEST(signature, of_the_plain_get) {
    const header_list added = suite_signature({"GET", "/", {}, {}, {}});
    EXPECT_EQ(signature_of(added), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    EXPECT_EQ(header(added, "x-amz-date"), "20150830T123600Z");
}

TEST(signature, sorts_the_query) {
    const query_list unsorted{{"Param2", "value2"}, {"Param1", "value1"}};
    EXPECT_EQ(signature_of(suite_signature({"GET", "/", unsorted, {}, {}})),
              "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
}

TEST(signature, encodes_utf8) {
    EXPECT_EQ(signature_of(suite_signature({"GET", path_encoded("/\u1234"), {}, {}, {}})),
              "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85");
}

TEST(signature, trims_header_values) {
    const header_list headers{{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}};
    EXPECT_EQ(signature_of(suite_signature({"GET", "/", {}, headers, {}})),
              "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736");
}

TEST(signature, covers_the_session_token) {
    const std::string token =
        "AQoDYXdzEPT//////////"
        "wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8"
        "YUuwthAx7mSEI/qkPpKPi/"
        "kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6"
        "fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+"
        "scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQ"
        "wj2ICCR/oLxBA==";
    const header_list added = suite_signature({"POST", "/", {}, {}, {}}, token);
    EXPECT_EQ(signature_of(added), "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead");
    EXPECT_EQ(header(added, "x-amz-security-token"), token);
    EXPECT_EQ(signed_headers_of(added), "host;x-amz-date;x-amz-security-token");
}

TEST(signature, of_a_ranged_get_object) {
    EXPECT_EQ(signature_of(manual_signature({"GET", "/test.txt", {}, {{"Range", "bytes=0-9"}}, empty_hash})),
              "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(signature, of_a_put_object) {
    const header_list headers{{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                              {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
    const std::string hash = sha256_hex("Welcome to Amazon S3.");
    EXPECT_EQ(
        signature_of(manual_signature({"PUT", "/" + path_encoded("test$file.text"), {}, headers, hash})),
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(signature, of_a_query_without_a_value) {
    EXPECT_EQ(signature_of(manual_signature({"GET", "/", {{"lifecycle", ""}}, {}, empty_hash})),
              "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST(signature, of_a_listing) {
    const query_list query{{"max-keys", "2"}, {"prefix", "J"}};
    EXPECT_EQ(signature_of(manual_signature({"GET", "/", query, {}, empty_hash})),
              "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(signature, key_is_not_kept_across_secrets_and_days) {
    const unsigned_request request{"GET", "/", {}, {{"host", "h"}}, empty_hash};
    const signing_scope day{"us-east-1", "s3", std::chrono::system_clock::time_point(1369353600s)};
    const signing_scope next_day{"us-east-1", "s3", day.time + 24h};
    const credentials one{"A", "one", ""};
    const credentials two{"A", "two", ""};
    const std::string first = signature_of(signature_headers(request, one, day));
    EXPECT_NE(first, signature_of(signature_headers(request, two, day)));
    EXPECT_NE(first, signature_of(signature_headers(request, one, next_day)));
    EXPECT_EQ(first, signature_of(signature_headers(request, one, day)));
}

TEST(encoding, is_full_and_upper_case_and_keeps_slashes_and_dots) {
    EXPECT_EQ(path_encoded("a b+c//d/../e%2F\n\xf0\x9f\x98\x80~"), "a%20b%2Bc//d/../e%252F%0A%F0%9F%98%80~");
    EXPECT_EQ(percent_encoded("a/b=c"), "a%2Fb%3Dc");
}

TEST(encoding, is_undone_byte_by_byte) {
    std::string every;
    for (int code = 0; code < 256; ++code) every += static_cast<char>(code);
    EXPECT_EQ(percent_decoded(percent_encoded(every)), every);
    EXPECT_EQ(percent_decoded("a+b%2Bc%2fd%zz%"), "a b+c/d%zz%");
}

TEST(digest, of_a_source_is_the_one_of_its_bytes) {
    const std::string bytes(600'000, 'x');
    EXPECT_EQ(sha256_hex(byte_source::of(bytes)), sha256_hex(bytes));
    EXPECT_EQ(sha256_hex(byte_source()), empty_hash);
    const byte_source short_one(10, [](std::uint64_t, std::span<std::byte>) -> std::size_t { return 0; });
    EXPECT_THROW((void)sha256_hex(short_one), std::runtime_error);
}

}  // namespace
}  // namespace s3::test

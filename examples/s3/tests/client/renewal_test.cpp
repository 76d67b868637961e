// SPDX-License-Identifier: MIT
// Tokens that expire in the middle of an upload in parts.
#include "both_transports.hpp"

namespace s3::test {
namespace {

const object_name pear{"fruit", "pear"};
const object_name copied{"store", "pear"};
const credentials fresh_keys{"AKIDFRESH", "another-secret", "another-token"};

std::string text_body() { return std::string(25, 'x'); }

// Takes uploads; whatever is signed with the old keys from request `number` on has an expired token.
reply play_expiring(const seen_request& request, int number) {
    const bool old_keys = request.header("authorization").find("AKIDTEST/") != std::string::npos;
    if (old_keys && request.number >= number) return error_answer(400, "ExpiredToken");
    if (request.method == "HEAD")
        return {"HTTP/1.1 200 X\r\nContent-Length: 25\r\nETag: \"src\"\r\n\r\n", then::keep, {}};
    if (request.method == "DELETE") return answer(204);
    if (request.target.find("?uploads=") != std::string::npos) {
        return answer(200,
                      "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>");
    }
    if (request.method == "POST")
        return answer(200, "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>");
    if (request.header("x-amz-copy-source").empty()) return answer(200, "", "ETag: \"p\"\r\n");
    return answer(200, "<CopyPartResult><ETag>p</ETag></CopyPartResult>");
}

class renewal : public both_transports {};
INSTANTIATE_TEST_SUITE_P(over, renewal, ::testing::Values("blocking", "multi"), transport_name);

TEST_P(renewal, a_put_goes_on_with_the_part_that_was_refused) {
    scripted_server server([](const seen_request& request) { return play_expiring(request, 2); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    std::vector<credentials> refused;
    bucket.renew_with([&](const credentials& old) {
        refused.push_back(old);
        return std::optional(fresh_keys);
    });
    EXPECT_EQ(run(bucket.put_large(pear, byte_source::of(text_body()), 10)).etag, "e");
    EXPECT_EQ(server.methods(), (std::vector<std::string>{"POST", "PUT", "PUT", "PUT", "PUT", "POST"}));
    EXPECT_EQ(server.requests().at(2).target, server.requests().at(3).target);
    EXPECT_EQ(refused, std::vector<credentials>{some_keys()});
    EXPECT_EQ(bucket.keys(), fresh_keys);
}

TEST_P(renewal, a_copy_goes_on_with_the_part_that_was_refused) {
    scripted_server server([](const seen_request& request) { return play_expiring(request, 3); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    bucket.renew_with([](const credentials&) { return std::optional(fresh_keys); });
    EXPECT_EQ(run(bucket.copy_large(pear, copied, 25, 10)).etag, "e");
    EXPECT_EQ(server.methods(), (std::vector<std::string>{"HEAD", "POST", "PUT", "PUT", "PUT", "PUT", "POST"}));
}

TEST_P(renewal, the_abort_of_an_upload_asks_for_keys_too) {
    scripted_server server([](const seen_request& request) {
        const std::string part = "partNumber=2";
        if (request.target.find(part) != std::string::npos) return error_answer(403, "AccessDenied");
        return play_expiring(request, 3);
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    bucket.renew_with([](const credentials&) { return std::optional(fresh_keys); });
    EXPECT_EQ(error_of(bucket.put_large(pear, byte_source::of(text_body()), 10)).code(), "AccessDenied");
    EXPECT_EQ(server.methods(), (std::vector<std::string>{"POST", "PUT", "PUT", "DELETE", "DELETE"}));
}

TEST_P(renewal, without_a_hook_or_without_new_keys_the_refusal_is_the_callers) {
    const std::vector<key_renewal> hooks{{},
                                         [](const credentials&) { return std::nullopt; },
                                         [](const credentials& old) { return std::optional(old); }};
    for (const key_renewal& hook : hooks) {
        scripted_server server([](const seen_request& request) { return play_expiring(request, 2); });
        client bucket(quick_settings(server.endpoint()), some_keys(), way());
        bucket.renew_with(hook);
        (void)error_of<token_expired>(bucket.put_large(pear, byte_source::of(text_body()), 10));
        EXPECT_EQ(server.methods(), (std::vector<std::string>{"POST", "PUT", "PUT", "DELETE"}));
    }
}

TEST_P(renewal, a_hook_that_throws_ends_the_operation_with_that) {
    scripted_server server([](const seen_request& request) { return play_expiring(request, 2); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    bucket.renew_with([count = 0](const credentials&) mutable -> std::optional<credentials> {
        throw credential_error(++count == 1 ? "first" : "of the abort");
    });
    const auto error =
        error_of<credential_error>(bucket.put_large(pear, byte_source::of(text_body()), 10));
    EXPECT_STREQ(error.what(), "first");
}

TEST_P(renewal, a_server_that_refuses_all_keys_is_not_asked_for_ever) {
    scripted_server server([](const seen_request&) { return error_answer(400, "ExpiredToken"); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    bucket.renew_with([count = 0](const credentials&) mutable {
        return std::optional(credentials{"K" + std::to_string(++count), "s", "t"});
    });
    (void)error_of<token_expired>(bucket.create_multipart(pear));
    EXPECT_EQ(server.requests().size(), 3U);
}

TEST_P(renewal, single_operations_are_the_callers_to_repeat) {
    scripted_server server([](const seen_request& request) { return play_expiring(request, 0); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    bucket.renew_with([](const credentials&) { return std::optional(fresh_keys); });
    (void)error_of<token_expired>(bucket.put(pear, byte_source::of(text_body())));
    EXPECT_EQ(server.requests().size(), 1U);
}

task<void> send_part(client* bucket, int number) {
    (void)co_await bucket->upload_part(pear, "u1", number, byte_source::of("x"));
}

TEST(renewal_of_many, parts_in_flight_ask_once_together) {
    scripted_server server([](const seen_request& request) { return play_expiring(request, 0); });
    multi_transport way(4);
    client bucket(quick_settings(server.endpoint()), some_keys(), way);
    int asked = 0;
    bucket.renew_with([&](const credentials&) {
        ++asked;
        return std::optional(fresh_keys);
    });
    for (int number = 1; number <= 8; ++number) way.spawn(send_part(&bucket, number));
    EXPECT_NO_THROW(way.run());
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(server.requests().size(), 12U);  // four were on their way with the old keys
}

}  // namespace
}  // namespace s3::test

// SPDX-License-Identifier: MIT
// Each fault that a server or a network plays gets the right end, over both transports.
#include "both_transports.hpp"

namespace s3::test {
namespace {

const object_name pear{"fruit", "pear"};

class faults : public both_transports {};
INSTANTIATE_TEST_SUITE_P(over, faults, ::testing::Values("blocking", "multi"), transport_name);

TEST_P(faults, two_503_then_success) {
    scripted_server server([](const seen_request& request) {
        return request.number < 2 ? error_answer(503, "SlowDown") : answer(200, "", "ETag: \"e\"\r\n");
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(run(bucket.head(pear)).etag, "\"e\"");
    EXPECT_EQ(server.requests().size(), 3U);
    EXPECT_EQ(bucket.counters().retries, 2U);
}

TEST_P(faults, a_503_for_ever_ends_after_the_attempts_allowed) {
    scripted_server server([](const seen_request&) { return error_answer(503, "SlowDown"); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const s3_error error = error_of(bucket.get(pear, {}));
    EXPECT_EQ(server.requests().size(), 5U);
    EXPECT_EQ(error.status(), 503);
    EXPECT_EQ(error.code(), "SlowDown");
    EXPECT_STREQ(error.what(),
                 "GET s3://fruit/pear: 503 SlowDown (request REQ1): it is so; given up after 5 attempts");
}

TEST_P(faults, a_server_that_is_not_there) {
    std::string endpoint;
    {
        endpoint = scripted_server([](const seen_request&) { return answer(200); }).endpoint();
    }
    client bucket(quick_settings(endpoint), some_keys(), way());
    const s3_error error = error_of(bucket.head(pear));
    EXPECT_EQ(error.status(), 0);
    EXPECT_EQ(bucket.counters().requests, 5U);
}

TEST_P(faults, keep_alive_that_was_closed_between_requests_costs_no_attempt) {
    // The second request of each connection finds it closed: the client could not have known.
    scripted_server server([](const seen_request& request) -> reply {
        if (request.on_connection == 1) return {"", then::close, {}};
        return answer(200, "x", "ETag: \"e\"\r\n");
    });
    client_settings settings = quick_settings(server.endpoint());
    settings.max_attempts = 1;
    client bucket(settings, some_keys(), way());
    for (int round = 0; round < 4; ++round) EXPECT_EQ(run(bucket.get(pear, {})).size, 1U);
    EXPECT_EQ(server.requests().size(), 7U);
    EXPECT_EQ(server.connections(), 4);
}

TEST_P(faults, keep_alive_that_was_reset_under_a_put_costs_no_attempt_and_sends_all_of_it_again) {
    scripted_server server([](const seen_request& request) -> reply {
        if (request.on_connection == 1) return {"", then::reset, {}};
        return answer(200, "", "ETag: \"e\"\r\n");
    });
    client_settings settings = quick_settings(server.endpoint());
    settings.max_attempts = 1;
    client bucket(settings, some_keys(), way());
    const std::string body(300'000, 'p');
    for (int round = 0; round < 3; ++round)
        EXPECT_EQ(run(bucket.put(pear, byte_source::of(body))).etag, "\"e\"");
    ASSERT_EQ(server.requests().size(), 5U);
    for (const auto& request : server.requests()) EXPECT_EQ(request.body, body);
}

TEST_P(faults, a_kept_connection_that_is_reset_in_the_middle_of_a_body_costs_no_attempt) {
    const auto play = [](const seen_request&) { return answer(200, "", "ETag: \"e\"\r\n"); };
    const auto refuse = [](const seen_request& request) -> std::optional<reply> {
        if (request.on_connection == 1) return reply{"", then::reset, {}};
        return std::nullopt;
    };
    scripted_server server(play, refuse);
    client_settings settings = quick_settings(server.endpoint());
    settings.max_attempts = 1;
    client bucket(settings, some_keys(), way());
    // More than the sockets hold, so that the reset meets it while it is sent.
    const std::string body(20'000'000, 'p');
    for (int round = 0; round < 3; ++round)
        EXPECT_EQ(run(bucket.put(pear, byte_source::of(body))).etag, "\"e\"");
    ASSERT_EQ(server.requests().size(), 5U);
    EXPECT_TRUE(server.requests().back().body == body);
}

TEST_P(faults, a_body_that_is_refused_before_it_was_read_gets_the_refusal) {
    const auto play = [](const seen_request&) { return answer(200); };
    const auto refuse = [](const seen_request&) -> std::optional<reply> {
        return error_answer(403, "AccessDenied");
    };
    scripted_server server(play, refuse);
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(error_of(bucket.put(pear, byte_source::of(std::string(20'000'000, 'p')))).code(),
              "AccessDenied");
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_P(faults, connections_are_kept) {
    scripted_server server([](const seen_request&) { return answer(200, "x"); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    for (int round = 0; round < 20; ++round) (void)run(bucket.get(pear, {}));
    EXPECT_EQ(server.connections(), 1);
}

TEST_P(faults, an_expired_token_is_the_callers_to_renew) {
    scripted_server server([](const seen_request& request) {
        const bool renewed = request.header("x-amz-security-token") == "new";
        return renewed ? answer(200, "x") : error_answer(400, "ExpiredToken");
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const token_expired error = error_of<token_expired>(bucket.get(pear, {}));
    EXPECT_EQ(error.key(), "pear");
    EXPECT_EQ(server.requests().size(), 1U);
    bucket.use({"A", "b", "new"});
    EXPECT_EQ(run(bucket.get(pear, {})).size, 1U);
    EXPECT_EQ(server.requests().size(), 2U);
}

TEST_P(faults, a_head_has_no_code_and_so_a_byte_is_asked_for_to_learn_that_the_token_expired) {
    scripted_server server([](const seen_request& request) -> reply {
        if (request.method == "HEAD") return {"HTTP/1.1 400 X\r\nContent-Length: 99\r\n\r\n", then::keep, {}};
        return error_answer(400, "ExpiredToken");
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    (void)error_of<token_expired>(bucket.head(pear));
    ASSERT_EQ(server.requests().size(), 2U);
    EXPECT_EQ(server.requests()[1].header("range"), "bytes=0-0");
}

TEST_P(faults, a_wrong_secret_is_told_once_and_shows_no_secret) {
    scripted_server server([](const seen_request& request) {
        // Servers may echo what they were sent.
        return error_answer(403, "SignatureDoesNotMatch",
                            "<Token>" + request.header("x-amz-security-token") + "</Token>");
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const s3_error error = error_of(bucket.get(pear, {}));
    EXPECT_EQ(server.requests().size(), 1U);
    EXPECT_EQ(error.status(), 403);
    EXPECT_STREQ(error.what(),
                 "GET s3://fruit/pear: 403 SignatureDoesNotMatch (request REQ1): the secret access key does "
                 "not fit the "
                 "access key id, or something on the way changes requests");
}

TEST_P(faults, no_secret_of_a_servers_message_is_shown) {
    scripted_server server([](const seen_request& request) {
        return answer(403, "<Error><Code>Odd</Code><Message>your token " +
                               request.header("x-amz-security-token") + " is odd</Message></Error>");
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const std::string text = error_of(bucket.get(pear, {})).what();
    EXPECT_NE(text.find("your token *** is odd"), std::string::npos) << text;
}

TEST_P(faults, access_denied_is_not_repeated) {
    scripted_server server([](const seen_request&) { return error_answer(403, "AccessDenied"); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(error_of(bucket.put(pear, {})).code(), "AccessDenied");
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_P(faults, a_missing_object_is_not_found) {
    scripted_server server([](const seen_request& request) -> reply {
        if (request.method == "HEAD")
            return {"HTTP/1.1 404 X\r\nx-amz-request-id: R2\r\n\r\n", then::keep, {}};
        return error_answer(404, "NoSuchKey");
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(error_of<not_found>(bucket.get(pear, {})).code(), "NoSuchKey");
    EXPECT_EQ(error_of<not_found>(bucket.head(pear)).request_id(), "R2");
}

TEST_P(faults, clocks_that_differ_are_both_named) {
    scripted_server server([](const seen_request&) {
        return error_answer(403, "RequestTimeTooSkewed", "<ServerTime>2031-01-02T03:04:05Z</ServerTime>");
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const std::string text = error_of(bucket.get(pear, {})).what();
    const std::string ours = server.requests().at(0).header("x-amz-date").substr(0, 11);
    EXPECT_NE(text.find("2031-01-02T03:04:05Z"), std::string::npos) << text;
    EXPECT_NE(text.find(ours), std::string::npos) << text;
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_P(faults, a_redirect_teaches_the_buckets_region) {
    scripted_server server([](const seen_request& request) {
        const bool right = request.header("authorization").find("/eu-west-1/s3/") != std::string::npos;
        return right ? answer(200, "x")
                     : error_answer(301, "PermanentRedirect", "", "x-amz-bucket-region: eu-west-1\r\n");
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(run(bucket.get(pear, {})).size, 1U);
    EXPECT_EQ(run(bucket.get(pear, {})).size, 1U);
    EXPECT_EQ(server.requests().size(), 3U);  // the second operation knew
    EXPECT_EQ(bucket.counters().redirects, 1U);
}

TEST_P(faults, a_malformed_authorization_names_the_region_in_its_body) {
    scripted_server server([](const seen_request& request) {
        const bool right = request.header("authorization").find("/ap-south-1/s3/") != std::string::npos;
        return right ? answer(200, "x")
                     : error_answer(400, "AuthorizationHeaderMalformed", "<Region>ap-south-1</Region>");
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(run(bucket.get(pear, {})).size, 1U);
}

TEST_P(faults, redirects_in_a_circle_end) {
    scripted_server server([](const seen_request& request) {
        const std::string next = request.number % 2 == 0 ? "eu-west-1" : "eu-west-2";
        return error_answer(301, "PermanentRedirect", "<Region>" + next + "</Region>");
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(error_of(bucket.get(pear, {})).status(), 301);
    EXPECT_EQ(server.requests().size(), 3U);
}

TEST_P(faults, a_redirect_to_a_region_that_is_none_is_an_error) {
    for (const std::string wrong : {"evil.example/x", "eu-west-1 ", "a&#13;&#10;b"}) {
        scripted_server server([&](const seen_request&) {
            return error_answer(301, "PermanentRedirect", "<Region>" + wrong + "</Region>");
        });
        client bucket(quick_settings(server.endpoint()), some_keys(), way());
        const std::string text = error_of(bucket.get(pear, {})).what();
        EXPECT_NE(text.find("as the bucket's region"), std::string::npos) << text;
        EXPECT_EQ(text.find('\n'), std::string::npos) << text;
        EXPECT_EQ(server.requests().size(), 1U);
    }
}

TEST_P(faults, a_header_with_a_line_end_is_not_sent) {
    scripted_server server([](const seen_request&) { return answer(200); });
    const std::vector<std::string> values{"secret\r\nx-evil: 1", "secret\n", "secret\r",
                                          std::string("secret\0", 7)};
    for (const std::string& wrong : values) {
        client bucket(quick_settings(server.endpoint()), {"id", "word", wrong}, way());
        const auto error = error_of<std::invalid_argument>(bucket.get(pear, {}));
        EXPECT_STREQ(error.what(), "not sent: the header 'x-amz-security-token' holds a line end");
    }
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    (void)error_of<std::invalid_argument>(bucket.put(pear, {}, "text/csv\r\nx-evil: 1"));
    EXPECT_EQ(server.requests().size(), 0U);
}

TEST_P(faults, a_redirect_to_nowhere_is_an_error) {
    scripted_server server([](const seen_request&) { return error_answer(301, "PermanentRedirect"); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const std::string text = error_of(bucket.get(pear, {})).what();
    EXPECT_NE(text.find("does not say where"), std::string::npos) << text;
    EXPECT_EQ(server.requests().size(), 1U);
}

}  // namespace
}  // namespace s3::test

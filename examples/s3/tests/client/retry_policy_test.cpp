// SPDX-License-Identifier: MIT
#include "client/retry_policy.hpp"

#include <gtest/gtest.h>

namespace s3::test {
namespace {

using std::chrono::milliseconds;

client_settings patient(int attempts) {
    client_settings settings;
    settings.max_attempts = attempts;
    return settings;
}

attempt overload(std::optional<milliseconds> wait = std::nullopt) {
    return {503, "SlowDown", http_failure::none, wait};
}

TEST(retry_policy, draws_from_twice_as_much_each_time_up_to_the_longest) {
    client_settings settings = patient(12);
    settings.longest_backoff = milliseconds(5000);
    retry_policy policy(settings, [] { return 0.5; });
    for (const int wait : {50, 100, 200, 400, 800, 1600, 2500, 2500}) {
        EXPECT_EQ(policy.wait_after(overload()), milliseconds(wait));
    }
}

TEST(retry_policy, has_full_jitter) {
    retry_policy lucky(patient(5), [] { return 0.0; });
    EXPECT_EQ(lucky.wait_after(overload()), milliseconds(0));
    retry_policy drawn(patient(2));
    EXPECT_LT(drawn.wait_after(overload()), milliseconds(100));
}

TEST(retry_policy, waits_as_long_as_the_server_asks_up_to_the_longest) {
    retry_policy policy(patient(5), [] { return 0.5; });
    EXPECT_EQ(policy.wait_after(overload(milliseconds(7000))), milliseconds(7000));
    EXPECT_EQ(policy.wait_after(overload(milliseconds(1))), milliseconds(100));
    EXPECT_EQ(policy.wait_after(overload(milliseconds(90'000))), milliseconds(20'000));
}

TEST(retry_policy, ends_after_the_attempts_allowed) {
    retry_policy policy(patient(3));
    EXPECT_TRUE(policy.wait_after(overload()));
    EXPECT_TRUE(policy.wait_after(overload()));
    EXPECT_FALSE(policy.wait_after(overload()));
    EXPECT_EQ(policy.attempts(), 3);
}

TEST(retry_policy, repeats_overload_and_lost_connections_only) {
    for (const int status : {429, 500, 502, 503, 504})
        EXPECT_TRUE(worth_repeating({status, "", {}, {}})) << status;
    for (const int status : {301, 400, 401, 403, 404, 409, 412, 416, 501}) {
        EXPECT_FALSE(worth_repeating({status, "", {}, {}})) << status;
    }
    for (const auto* code : {"RequestTimeout", "SlowDown"})
        EXPECT_TRUE(worth_repeating({400, code, {}, {}})) << code;
    for (const auto* code :
         {"SignatureDoesNotMatch", "AccessDenied", "ExpiredToken", "RequestTimeTooSkewed"}) {
        EXPECT_FALSE(worth_repeating({403, code, {}, {}})) << code;
    }
    using enum http_failure;
    for (const auto failure : {connection, stale, truncated, stalled})
        EXPECT_TRUE(worth_repeating({200, "", failure, {}}));
    for (const auto failure : {certificate, http_failure::stopped, sink, other}) {
        EXPECT_FALSE(worth_repeating({503, "", failure, {}}));
    }
}

TEST(retry_policy, lets_dead_kept_connections_pass_but_not_for_ever) {
    const attempt dead{0, "", http_failure::stale, {}};
    retry_policy policy(patient(2));
    for (int round = 0; round < 3; ++round) EXPECT_EQ(policy.wait_after(dead), milliseconds(0));
    EXPECT_EQ(policy.attempts(), 0);
    EXPECT_TRUE(policy.wait_after(dead));
    EXPECT_FALSE(policy.wait_after(dead));
}

TEST(retry_after, is_read_in_seconds) {
    EXPECT_EQ(retry_after({{"Retry-After", "3"}}), milliseconds(3000));
    EXPECT_EQ(retry_after({{"retry-after", "999999999"}}), milliseconds(86'400'000));
    EXPECT_EQ(retry_after({{"Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"}}), std::nullopt);
    EXPECT_EQ(retry_after({{"Retry-After", "-1"}}), std::nullopt);
    EXPECT_EQ(retry_after({}), std::nullopt);
}

}  // namespace
}  // namespace s3::test

// SPDX-License-Identifier: MIT
#include "client/curl_failure.hpp"

#include <gtest/gtest.h>

namespace s3::test {
namespace {

TEST(curl_failure, of_a_kept_connection_that_broke_before_the_answer_began_is_stale) {
    for (const CURLcode code : {CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING}) {
        EXPECT_EQ(failure_of(code, 0, 0), http_failure::stale);
        EXPECT_EQ(failure_of(code, 0, 1), http_failure::connection);
        EXPECT_EQ(failure_of(code, 200, 0), http_failure::connection);
    }
}

TEST(curl_failure, of_sending_leaves_a_refusal_that_came_meanwhile) {
    EXPECT_EQ(failure_of(CURLE_SEND_ERROR, 403, 0), http_failure::none);
    EXPECT_EQ(failure_of(CURLE_RECV_ERROR, 403, 0), http_failure::connection);
}

TEST(curl_failure, tells_what_repeating_may_mend_from_what_it_may_not) {
    EXPECT_EQ(failure_of(CURLE_OK, 200, 1), http_failure::none);
    EXPECT_EQ(failure_of(CURLE_COULDNT_CONNECT, 0, 0), http_failure::connection);
    EXPECT_EQ(failure_of(CURLE_PARTIAL_FILE, 200, 1), http_failure::truncated);
    EXPECT_EQ(failure_of(CURLE_OPERATION_TIMEDOUT, 0, 1), http_failure::stalled);
    EXPECT_EQ(failure_of(CURLE_PEER_FAILED_VERIFICATION, 0, 1), http_failure::certificate);
    EXPECT_EQ(failure_of(CURLE_URL_MALFORMAT, 0, 0), http_failure::other);
}

}  // namespace
}  // namespace s3::test

// SPDX-License-Identifier: MIT
// Modes, addresses, ETags, sizes.
#include "program/etag.hpp"
#include "program/job_sources.hpp"
#include "program/mode.hpp"
#include "program/s3_url.hpp"
#include "program/size_histogram.hpp"
#include "program/timestamp.hpp"
#include "usage_error.hpp"

#include <gtest/gtest.h>

namespace s3_program::test {
namespace {

TEST(mode, names_come_back) {
    for (const mode how : {mode::sequential, mode::thread, mode::process, mode::async, mode::process_async}) {
        EXPECT_EQ(parse_mode(name_of(how)), how);
    }
    EXPECT_THROW((void)parse_mode("processes"), example_common::usage_error);
}

TEST(s3_url, bucket_and_key) {
    EXPECT_EQ(parse_s3_url("s3://b"), (s3_url{"b", ""}));
    EXPECT_EQ(parse_s3_url("s3://b/"), (s3_url{"b", ""}));
    EXPECT_EQ(parse_s3_url("s3://b//a b%2F"), (s3_url{"b", "/a b%2F"}));
    for (const char* wrong : {"", "b", "s3:/b", "s3://", "s3:///k", "http://b/k"}) {
        EXPECT_THROW((void)parse_s3_url(wrong), example_common::usage_error) << wrong;
    }
}

TEST(s3_url, folders_end_with_a_slash) {
    EXPECT_EQ(folder(""), "");
    EXPECT_EQ(folder("a"), "a/");
    EXPECT_EQ(folder("a/"), "a/");
}

TEST(etag, tells_what_it_can) {
    EXPECT_EQ(same_bytes("\"aa\"", "aa"), true);
    EXPECT_EQ(same_bytes("\"aa\"", "\"bb\""), false);
    EXPECT_EQ(same_bytes("\"aa-2\"", "\"aa-2\""), true);
    EXPECT_EQ(same_bytes("\"aa-2\"", "\"bb-3\""), std::nullopt);
    EXPECT_EQ(same_bytes("\"aa-2\"", "\"bb\""), std::nullopt);
    EXPECT_EQ(same_bytes("", "\"bb\""), std::nullopt);
}

TEST(size_histogram, classes) {
    size_histogram sizes;
    for (const std::uint64_t size : {0ULL, 0ULL, 1ULL, 999ULL, 1000ULL, 20'000'000'000ULL}) sizes.add(size);
    EXPECT_EQ(sizes.objects(), 6U);
    EXPECT_EQ(sizes.bytes(), 20'000'002'000U);
    EXPECT_EQ(sizes.text(),
              "         0 bytes           2  ########################################\n"
              "      below 1 kB           2  ########################################\n"
              "     below 10 kB           1  ####################\n"
              "  10 GB and more           1  ####################\n");
    EXPECT_EQ(size_histogram().text(), "");
}

TEST(day_folder, of_a_date) {
    EXPECT_EQ(day_folder("2024-05-01T10:00:00.000Z"), "2024-05-01/");
    EXPECT_EQ(day_folder("May 1st, 2024"), "");
    EXPECT_EQ(day_folder(""), "");
}

TEST(timestamp, both_forms) {
    EXPECT_EQ(seconds_of("1970-01-02T00:00:01.000Z"), 86'401);
    EXPECT_EQ(seconds_of("1970-01-02T00:00:01.001Z"), 86'402);
    EXPECT_EQ(seconds_of("Fri, 02 Jan 1970 00:00:01 GMT"), 86'401);
    EXPECT_EQ(seconds_of("yesterday"), std::nullopt);
    EXPECT_EQ(seconds_of(""), std::nullopt);
    EXPECT_TRUE(not_older("Wed, 01 May 2024 10:00:00 GMT", "2024-05-01T10:00:00.000Z"));
    EXPECT_FALSE(not_older("Wed, 01 May 2024 10:00:00 GMT", "2024-05-01T10:00:00.100Z"));
    EXPECT_FALSE(not_older("", "2024-05-01T10:00:00.000Z"));
}

}  // namespace
}  // namespace s3_program::test

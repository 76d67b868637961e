// SPDX-License-Identifier: MIT
#include <penstock/detail/chunk_sizer.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace penstock::detail {
namespace {

using namespace std::chrono_literals;

TEST(chunk_sizer, keeps_what_was_asked_for) {
    chunk_sizer sizer(64, 500, 4);
    EXPECT_EQ(sizer.chunk(), 64u);
    EXPECT_EQ(sizer.ahead(), 500u);
    sizer.measured(64, 10s);
    sizer.measured(64, 1ns);
    EXPECT_EQ(sizer.chunk(), 64u);
}

TEST(chunk_sizer, limits_a_chunk_to_what_may_be_under_way) {
    EXPECT_EQ(chunk_sizer(64, 10, 4).chunk(), 10u);
    EXPECT_EQ(chunk_sizer(64, 10, 4).ahead(), 10u);
}

TEST(chunk_sizer, lets_four_chunks_a_worker_be_under_way_by_itself) {
    EXPECT_EQ(chunk_sizer(0, 0, 3).ahead(), 12u);
    EXPECT_EQ(chunk_sizer(64, 0, 3).ahead(), 64u * 12);
    const std::size_t most = std::numeric_limits<std::size_t>::max();
    EXPECT_EQ(chunk_sizer(most, 0, 3).ahead(), most);
}

TEST(chunk_sizer, doubles_while_a_task_is_short) {
    chunk_sizer sizer(0, 0, 2);
    std::size_t expected = 1;
    for (int i = 0; i != 20; ++i) {
        EXPECT_EQ(sizer.chunk(), expected);
        sizer.measured(expected, 100ns * expected);
        expected = std::min<std::size_t>(2 * expected, chunk_sizer::max_chunk);
    }
    EXPECT_EQ(sizer.chunk(), 1024u);
    EXPECT_EQ(sizer.ahead(), 1024u * 8);
}

TEST(chunk_sizer, fits_the_work_into_a_millisecond) {
    chunk_sizer sizer(0, 0, 2);
    for (std::size_t items = 1; items != 512; items *= 2) sizer.measured(items, 30us * items);
    EXPECT_EQ(sizer.chunk(), 33u);
    sizer.measured(33, 33 * 100us);
    EXPECT_EQ(sizer.chunk(), 10u) << "longer items count at once";
    sizer.measured(10, 5s);
    EXPECT_EQ(sizer.chunk(), 1u);
    sizer.measured(1, 1us);
    EXPECT_EQ(sizer.chunk(), 1u) << "shorter ones by and by";
    for (int i = 0; i != 30; ++i) sizer.measured(1, 1us);
    EXPECT_EQ(sizer.chunk(), 2u);
}

TEST(chunk_sizer, leaves_work_for_every_worker) {
    chunk_sizer sizer(0, 10, 2);
    for (int i = 0; i != 20; ++i) sizer.measured(sizer.chunk(), 1ns);
    EXPECT_EQ(sizer.chunk(), 3u);  // ten, over twice two workers, rounded up
    EXPECT_EQ(sizer.ahead(), 10u);
    chunk_sizer single(0, 1, 8);
    for (int i = 0; i != 20; ++i) single.measured(single.chunk(), 1ns);
    EXPECT_EQ(single.chunk(), 1u);
}

TEST(chunk_sizer, bears_times_that_make_no_sense) {
    chunk_sizer sizer(0, 0, 1);
    sizer.measured(0, 1s);
    sizer.measured(1, -1s);
    EXPECT_EQ(sizer.chunk(), 2u);
    sizer.measured(2, std::chrono::nanoseconds::min());
    EXPECT_EQ(sizer.chunk(), 4u);
    sizer.measured(std::numeric_limits<std::size_t>::max(), std::chrono::nanoseconds::max());
    EXPECT_GE(sizer.chunk(), 1u);
    EXPECT_LE(sizer.chunk(), chunk_sizer::max_chunk);
}

}  // namespace
}  // namespace penstock::detail

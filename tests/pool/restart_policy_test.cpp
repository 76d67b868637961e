// SPDX-License-Identifier: MIT
// When a worker that died before it was ready is started again, and when the pool gives up.
#include "pool/restart_policy.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace penstock::pool {
namespace {

using namespace std::chrono_literals;
using time_point = restart_policy::time_point;

constexpr time_point start{100s};

TEST(restart_policy, the_budget_is_five_or_twice_the_workers) {
    EXPECT_EQ(restart_policy(1).budget(), 5u);
    EXPECT_EQ(restart_policy(2).budget(), 5u);
    EXPECT_EQ(restart_policy(3).budget(), 6u);
    EXPECT_EQ(restart_policy(100).budget(), 200u);
}

TEST(restart_policy, pauses_double_up_to_five_seconds) {
    restart_policy policy(100);
    std::vector<std::chrono::nanoseconds> pauses;
    for (int i = 0; i != 10; ++i) pauses.push_back(policy.died_before_ready(start).value());
    const std::vector<std::chrono::nanoseconds> expected{50ms,   100ms,  200ms,  400ms,  800ms,
                                                         1600ms, 3200ms, 5000ms, 5000ms, 5000ms};
    EXPECT_EQ(pauses, expected);
}

TEST(restart_policy, the_pause_is_short_again_once_a_worker_was_ready) {
    restart_policy policy(100);
    for (int i = 0; i != 4; ++i) policy.died_before_ready(start);
    policy.became_ready();
    EXPECT_EQ(policy.died_before_ready(start), 50ms);
}

TEST(restart_policy, one_death_more_than_the_budget_is_too_many) {
    restart_policy policy(1);
    for (int i = 0; i != 5; ++i) EXPECT_TRUE(policy.died_before_ready(start + i * 1s));
    EXPECT_FALSE(policy.died_before_ready(start + 9s));
}

TEST(restart_policy, a_worker_that_was_ready_in_between_does_not_renew_the_budget) {
    restart_policy policy(1);
    for (int i = 0; i != 5; ++i) {
        EXPECT_TRUE(policy.died_before_ready(start));
        policy.became_ready();
    }
    EXPECT_FALSE(policy.died_before_ready(start));
}

TEST(restart_policy, deaths_of_more_than_ten_seconds_ago_are_forgotten) {
    restart_policy policy(1);
    for (int i = 0; i != 200; ++i) EXPECT_TRUE(policy.died_before_ready(start + i * 2'001ms)) << i;
    restart_policy dense(1);
    for (int i = 0; i != 5; ++i) EXPECT_TRUE(dense.died_before_ready(start + i * 2s));
    EXPECT_FALSE(dense.died_before_ready(start + 10s));
}

TEST(restart_policy, chance_takes_up_to_a_quarter_off_the_pause) {
    restart_policy policy(100);
    EXPECT_EQ(policy.died_before_ready(start, 0.5), 43'750us);
    EXPECT_EQ(policy.died_before_ready(start, 1), 75ms);
}

TEST(restart_policy, deaths_window_and_pauses_are_options) {
    restart_policy policy(100, {.deaths = 2, .window = 1s, .backoff = 10ms, .longest_backoff = 15ms});
    EXPECT_EQ(policy.died_before_ready(start), 10ms);
    EXPECT_EQ(policy.died_before_ready(start + 500ms), 15ms);
    EXPECT_EQ(policy.died_before_ready(start + 1400ms), 15ms) << "the first is forgotten";
    EXPECT_FALSE(policy.died_before_ready(start + 1400ms));
}

TEST(restart_policy, no_pause_grows_beyond_what_a_clock_can_hold) {
    restart_policy policy(100, {.deaths = 1000, .backoff = 1h, .longest_backoff = std::chrono::nanoseconds::max()});
    for (int i = 0; i != 200; ++i) EXPECT_GT(policy.died_before_ready(start).value(), 0ns) << i;
}

TEST(restart_policy, the_budget_follows_the_number_of_workers) {
    restart_policy policy(1);
    policy.set_workers(10);
    EXPECT_EQ(policy.budget(), 20u);
}

} // namespace
} // namespace penstock::pool

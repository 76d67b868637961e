// SPDX-License-Identifier: MIT
// What a worker gives back when its tasks turn out longer than was thought, or another one has nothing to do.
#include "support/dispatcher_fixture.hpp"

namespace penstock::pool {
namespace {

class dispatcher_balance : public dispatcher_test {};

// No task is long, so nothing is due at a time: it is the sum that is.
TEST_F(dispatcher_balance, an_idle_worker_gets_of_what_waits_at_the_busiest) {
    make(2);
    train(1);
    submit_many(2);
    submit_many(12);
    answer(1);
    while (!at(0).empty()) answer(0);
    const std::size_t before = at(1).size();
    ASSERT_GT(before, 4u);
    answer(1, 3us);
    ASSERT_EQ(at(1).size(), before - 1) << "twelve microseconds of work are not worth the way";
    EXPECT_TRUE(at(0).empty());
    now += 2ms;
    answer(1, 90us);
    EXPECT_FALSE(at(0).empty());
    EXPECT_LT(at(1).size(), before - 2);
    EXPECT_FALSE(at(1).empty());
}

TEST_F(dispatcher_balance, a_worker_whose_tasks_are_longer_than_was_thought_gives_the_excess_back) {
    make(1);
    train(0);
    submit_many(30);
    answer(0);
    ASSERT_EQ(at(0).size(), 16u);
    now += 2ms;
    answer(0, 100us);
    EXPECT_EQ(at(0), (ids{4, 5})) << "200 us of work, and the first of those that waited";
    EXPECT_EQ(pool->queued(), 26u);
}

TEST_F(dispatcher_balance, a_worker_that_cannot_give_back_gets_one_task_at_a_time) {
    make(1);
    pool->died(0, {}, now);
    pool->tick(now);
    fleet.workers[0].alive = true;
    pool->ready(0, now, false);
    submit_many(50);
    for (int i = 0; i != 10; ++i) {
        answer(0);
        EXPECT_EQ(at(0).size(), 1u);
    }
}

} // namespace
} // namespace penstock::pool

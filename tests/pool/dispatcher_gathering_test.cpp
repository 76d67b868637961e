// SPDX-License-Identifier: MIT
// Short tasks wait for company while a worker that runs such tasks is about to answer, and not for ever.
#include "support/dispatcher_fixture.hpp"

namespace penstock::pool {
namespace {

class dispatcher_gathering : public dispatcher_test {
protected:
    /// Two workers that answer within `took`; worker 1 runs a task, worker 0 has nothing to do.
    void make_trained(std::chrono::nanoseconds took = 1us) {
        dispatcher_options options;
        options.workers = 2;
        options.deepest = 508;
        options.packet = 127;
        make(options);
        submit();
        submit();
        pool->end_gathering(now);
        answer(0, took);
        answer(1, took);
        submit();
        ASSERT_EQ(at(1), ids{3});
        ASSERT_TRUE(at(0).empty());
    }
};

TEST_F(dispatcher_gathering, a_short_task_waits_while_another_one_runs) {
    make_trained();
    EXPECT_FALSE(pool->is_gathering());
    submit();
    EXPECT_TRUE(at(0).empty());
    EXPECT_TRUE(pool->is_gathering());
    EXPECT_EQ(pool->next_tick(), now + 1ms) << "and not for ever";
}

TEST_F(dispatcher_gathering, twenty_microseconds_of_work_are_worth_waking_a_worker_for) {
    make_trained();
    submit_many(19);
    EXPECT_TRUE(at(0).empty());
    submit();
    EXPECT_EQ(at(0).size(), 16u) << "as many as go into the pipe here";
    EXPECT_FALSE(pool->is_gathering());
}

TEST_F(dispatcher_gathering, the_worker_that_answers_takes_what_waits) {
    make_trained();
    submit_many(7);
    answer(1);
    EXPECT_EQ(at(1), (ids{4, 5, 6, 7, 8, 9, 10}));
    EXPECT_TRUE(at(0).empty());
}

TEST_F(dispatcher_gathering, somebody_waits_for_one_of_them) {
    make_trained();
    submit();
    pool->end_gathering(now);
    EXPECT_EQ(at(0), ids{4});
}

TEST_F(dispatcher_gathering, the_task_that_runs_is_not_so_short_after_all) {
    make_trained();
    submit();
    now += 1ms;
    pool->tick(now);
    EXPECT_EQ(at(0), ids{4});
}

TEST_F(dispatcher_gathering, the_worker_that_runs_one_dies) {
    make_trained();
    submit();
    die(1);
    EXPECT_EQ(at(0).size(), 2u) << "the one that nobody began, too";
}

TEST_F(dispatcher_gathering, what_is_urgent_or_large_does_not_wait) {
    make_trained();
    tasks.push_back(std::make_unique<task_entry>());
    tasks.back()->id = tasks.size();
    tasks.back()->priority = task_priority::high;
    pool->submit(*tasks.back(), now);
    EXPECT_EQ(at(0), ids{4});
    answer(0);
    submit(true);
    EXPECT_EQ(at(0), ids{5});
}

TEST_F(dispatcher_gathering, long_tasks_do_not_wait) {
    make_trained(50us);
    submit();
    EXPECT_EQ(at(0), ids{4});
}

}  // namespace
}  // namespace penstock::pool

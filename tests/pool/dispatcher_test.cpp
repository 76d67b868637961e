// SPDX-License-Identifier: MIT
// The dispatcher's decisions one by one, with numbers for workers. Random schedules: dispatcher_simulation_test.cpp.
#include "support/dispatcher_fixture.hpp"

namespace penstock::pool {
namespace {

TEST_F(dispatcher_test, an_idle_worker_gets_a_task_at_once_and_the_last_used_first) {
    make(3);
    EXPECT_EQ(submit().place, 2);
    EXPECT_EQ(submit().place, 1);
    answer(2);
    EXPECT_EQ(submit().place, 2);
    EXPECT_EQ(submit().place, 0);
    EXPECT_EQ(submit().place, task_entry::queued);
}

TEST_F(dispatcher_test, a_worker_of_unknown_speed_has_one_task) {
    make(1);
    submit_many(10);
    EXPECT_EQ(at(0), (ids{1}));
}

TEST_F(dispatcher_test, a_fast_worker_has_its_share_and_at_most_16) {
    make(1);
    submit_many(100);
    answer(0);
    EXPECT_EQ(at(0).size(), 16u);
    EXPECT_EQ(pool->queued(), 83u);
}

TEST_F(dispatcher_test, the_share_leaves_work_for_the_others) {
    make(4);
    submit_many(4);
    submit_many(8);
    answer(0);
    EXPECT_LE(at(0).size(), 3u);
}

TEST_F(dispatcher_test, depth_follows_the_measured_times) {
    make(1);
    submit_many(200);
    answer(0, 100us);
    EXPECT_EQ(at(0).size(), 2u); // 200 us of work
    answer(0, 100us);
    EXPECT_EQ(at(0).size(), 2u);
    answer(0, 10ms);
    EXPECT_EQ(at(0).size(), 1u);
    answer(0, 10ms);
    EXPECT_EQ(at(0).size(), 1u);
}

TEST_F(dispatcher_test, an_answer_without_a_time_changes_no_estimate) {
    make(1);
    submit_many(200);
    answer(0, 10ms);
    for (int i = 0; i != 50; ++i) answer(0, -1ns);
    EXPECT_EQ(at(0).size(), 1u);
}

TEST_F(dispatcher_test, one_task_at_a_time_where_they_cannot_be_taken_back) {
    make(1, 1);
    submit_many(50);
    for (int i = 0; i != 20; ++i) {
        answer(0);
        EXPECT_EQ(at(0).size(), 1u);
    }
}

TEST_F(dispatcher_test, a_death_loses_the_running_task_alone) {
    make(1);
    train(0);
    submit_many(10);
    answer(0); // task 2; now it has several
    ASSERT_GT(at(0).size(), 3u);
    fleet.read(0);
    const task_entry* lost = die(0);
    ASSERT_NE(lost, nullptr);
    EXPECT_EQ(lost->id, 3u);
    EXPECT_EQ(lost->place, task_entry::nowhere);
    EXPECT_EQ(pool->queued(), 8u);
    pool->tick(now);
    ASSERT_EQ(fleet.started.size(), 1u) << "it is replaced at once";
    make_ready(0);
    for (std::uint64_t id = 4; id <= 11; ++id) EXPECT_EQ(answer(0)->id, id) << "in their order";
}

TEST_F(dispatcher_test, a_death_with_nothing_read_loses_nothing) {
    make(1);
    train(0);
    submit_many(5);
    EXPECT_EQ(die(0), nullptr);
    EXPECT_EQ(pool->queued(), 5u);
}

TEST_F(dispatcher_test, a_stream_of_which_a_part_was_read_is_lost) {
    make(1);
    task_entry& large = submit(true);
    fleet.read(0);
    EXPECT_EQ(die(0), &large);
}

TEST_F(dispatcher_test, the_death_of_an_idle_worker_costs_nothing) {
    make(2);
    EXPECT_EQ(die(1), nullptr);
    EXPECT_EQ(submit().place, 0);
    EXPECT_EQ(submit().place, task_entry::queued);
}

TEST_F(dispatcher_test, tasks_of_a_dead_worker_go_to_idle_ones) {
    make(2);
    task_entry& task = submit();
    EXPECT_EQ(task.place, 1);
    die(1); // unread
    EXPECT_EQ(task.place, 0);
}

TEST_F(dispatcher_test, an_exclusive_task_has_a_worker_for_itself) {
    make(1);
    train(0);
    submit();
    task_entry& large = submit(true);
    task_entry& after = submit();
    EXPECT_EQ(large.place, task_entry::queued);
    answer(0);
    EXPECT_EQ(large.place, 0);
    EXPECT_EQ(after.place, task_entry::queued);
    answer(0);
    EXPECT_EQ(after.place, 0);
}

TEST_F(dispatcher_test, what_waits_behind_a_long_task_goes_to_idle_workers) {
    make(2);
    train(1);
    submit_many(2);
    submit_many(6);
    answer(1);
    ASSERT_GT(at(1).size(), 2u);
    fleet.read(1);
    while (!at(0).empty()) answer(0); // 0 runs out of work
    const std::size_t behind = at(1).size() - 1;
    ASSERT_GT(behind, 0u);
    ASSERT_TRUE(pool->next_tick());
    EXPECT_EQ(*pool->next_tick(), now + 1ms);
    now += 1ms;
    pool->tick(now);
    EXPECT_EQ(at(1).size(), 1u);
    EXPECT_FALSE(at(0).empty()) << "the idle worker got nothing of it";
}

TEST_F(dispatcher_test, what_waits_behind_a_long_task_runs_elsewhere_while_the_pool_drains) {
    make(2);
    train(1);
    submit_many(8);
    answer(1);
    fleet.read(1);
    pool->shut_down(shutdown_mode::drain, now);
    while (!at(0).empty()) answer(0);
    ASSERT_GT(at(1).size(), 1u);
    EXPECT_FALSE(fleet.workers[0].dismissed) << "there may be work for it again";
    now += 1ms;
    pool->tick(now);
    EXPECT_FALSE(at(0).empty());
    while (!at(0).empty()) answer(0);
    EXPECT_TRUE(fleet.workers[0].dismissed);
    answer(1);
    EXPECT_TRUE(fleet.workers[1].dismissed);
}

TEST_F(dispatcher_test, nothing_is_due_while_nothing_waits) {
    make(2);
    submit_many(2);
    EXPECT_FALSE(pool->next_tick());
}

TEST_F(dispatcher_test, a_recall_that_catches_nothing_is_not_repeated_at_once) {
    make(1);
    train(0);
    submit_many(3);
    answer(0);
    ASSERT_GT(at(0).size(), 1u);
    fleet.workers[0].stream = true; // nothing can be taken back
    now += 5ms;
    pool->tick(now);
    ASSERT_TRUE(pool->next_tick());
    EXPECT_GT(*pool->next_tick(), now);
}

TEST_F(dispatcher_test, cancel_in_the_queue) {
    make(1);
    submit();
    task_entry& waiting = submit();
    EXPECT_TRUE(pool->cancel(waiting, now));
    EXPECT_EQ(waiting.place, task_entry::nowhere);
    EXPECT_EQ(pool->queued(), 0u);
    EXPECT_FALSE(pool->cancel(waiting, now)) << "twice";
}

TEST_F(dispatcher_test, cancel_at_a_worker_that_has_not_read_it) {
    make(1);
    train(0);
    submit_many(6);
    answer(0);
    fleet.read(0); // task 3 runs
    task_entry& victim = *tasks[4];
    ASSERT_EQ(victim.place, 0);
    EXPECT_TRUE(pool->cancel(victim, now));
    ids order;
    while (task_entry* done = answer(0)) order.push_back(done->id);
    EXPECT_EQ(order, (ids{3, 4, 6, 7}));
}

TEST_F(dispatcher_test, cancel_of_a_running_task_is_refused) {
    make(1);
    task_entry& task = submit();
    fleet.read(0);
    EXPECT_FALSE(pool->cancel(task, now));
    EXPECT_EQ(answer(0), &task);
    EXPECT_FALSE(pool->cancel(task, now)) << "it is done";
}

TEST_F(dispatcher_test, cancel_of_the_first_task_unread) {
    make(1);
    task_entry& task = submit();
    EXPECT_TRUE(pool->cancel(task, now));
    EXPECT_TRUE(at(0).empty());
    EXPECT_EQ(submit().place, 0) << "the worker is idle again";
}

TEST_F(dispatcher_test, an_answer_to_another_task_is_refused) {
    make(1);
    submit();
    EXPECT_EQ(pool->answered(0, 99, 1us, now), nullptr);
    EXPECT_EQ(answer(0)->id, 1u);
    EXPECT_EQ(pool->answered(0, 1, 1us, now), nullptr) << "answered already";
}

TEST_F(dispatcher_test, drain_dismisses_workers_as_they_run_out_of_work) {
    make(2);
    submit_many(3);
    pool->shut_down(shutdown_mode::drain, now);
    EXPECT_FALSE(pool->accepting());
    EXPECT_FALSE(fleet.workers[0].dismissed || fleet.workers[1].dismissed);
    answer(0);
    answer(0);
    EXPECT_TRUE(fleet.workers[0].dismissed);
    answer(1);
    EXPECT_TRUE(fleet.workers[1].dismissed);
    EXPECT_FALSE(pool->finished());
    die(0);
    die(1);
    EXPECT_TRUE(pool->finished());
    EXPECT_FALSE(pool->next_tick());
}

TEST_F(dispatcher_test, drain_replaces_a_worker_while_there_is_work) {
    make(1);
    submit_many(2);
    pool->shut_down(shutdown_mode::drain, now);
    fleet.read(0);
    EXPECT_EQ(die(0)->id, 1u);
    pool->tick(now);
    ASSERT_EQ(fleet.started.size(), 1u);
    make_ready(0);
    EXPECT_EQ(answer(0)->id, 2u);
    EXPECT_TRUE(fleet.workers[0].dismissed);
}

TEST_F(dispatcher_test, a_worker_that_starts_while_the_pool_ends_is_not_forgotten) {
    make(1);
    die(0);
    pool->tick(now);
    ASSERT_EQ(fleet.started.size(), 1u);
    EXPECT_TRUE(pool->wants(0));
    pool->shut_down(shutdown_mode::drain, now);
    EXPECT_FALSE(pool->wants(0)) << "the engine would never dismiss it";
    EXPECT_FALSE(pool->finished());
    pool->died(0, {}, now);
    EXPECT_TRUE(pool->finished());
}

TEST_F(dispatcher_test, cancel_pending_gives_up_all_but_what_runs) {
    make(1);
    train(0);
    submit_many(10);
    answer(0);
    fleet.read(0); // task 3
    pool->shut_down(shutdown_mode::cancel_pending, now);
    ids abandoned;
    while (task_entry* entry = pool->next_abandoned()) abandoned.push_back(entry->id);
    EXPECT_EQ(abandoned, (ids{4, 5, 6, 7, 8, 9, 10, 11}));
    EXPECT_FALSE(fleet.workers[0].dismissed);
    EXPECT_EQ(answer(0)->id, 3u);
    EXPECT_TRUE(fleet.workers[0].dismissed);
    die(0);
    EXPECT_TRUE(pool->finished());
}

TEST_F(dispatcher_test, kill_gives_up_everything_at_once) {
    make(2);
    submit_many(5);
    fleet.read(0);
    pool->shut_down(shutdown_mode::kill, now);
    int abandoned = 0;
    while (pool->next_abandoned() != nullptr) ++abandoned;
    EXPECT_EQ(abandoned, 5);
    EXPECT_TRUE(fleet.workers[0].dying && fleet.workers[1].dying);
    EXPECT_EQ(answer(0), nullptr) << "a late answer is nobody's";
    EXPECT_EQ(die(0), nullptr);
    EXPECT_EQ(die(1), nullptr);
    EXPECT_TRUE(pool->finished());
}

TEST_F(dispatcher_test, deaths_before_ready_are_paused_and_bounded) {
    make_starting({.workers = 1, .deepest = 16});
    for (int i = 0; i != 5; ++i) {
        pool->died(0, {}, now);
        ASSERT_TRUE(pool->next_tick()) << i;
        EXPECT_LE(*pool->next_tick(), now + 50ms * (1 << i));
        EXPECT_GE(*pool->next_tick(), now + 37ms * (1 << i)) << "a random part of up to a quarter is missing";
        now = *pool->next_tick();
        pool->tick(now);
        EXPECT_EQ(fleet.started.size(), static_cast<std::size_t>(i + 2));
        EXPECT_FALSE(pool->budget_spent());
    }
    pool->died(0, {}, now);
    EXPECT_TRUE(pool->budget_spent());
    EXPECT_FALSE(pool->next_tick());
}

TEST_F(dispatcher_test, a_broken_pool_gives_up_everything_and_starts_nobody) {
    make(2);
    submit_many(4);
    pool->break_down();
    EXPECT_FALSE(pool->accepting());
    int abandoned = 0;
    while (pool->next_abandoned() != nullptr) ++abandoned;
    EXPECT_EQ(abandoned, 4);
    fleet.started.clear();
    die(0);
    die(1);
    pool->tick(now + 1h);
    EXPECT_TRUE(fleet.started.empty());
    EXPECT_FALSE(pool->finished()) << "not before it is shut down";
    pool->shut_down(shutdown_mode::drain, now);
    EXPECT_TRUE(pool->finished());
}

TEST_F(dispatcher_test, a_worker_that_cannot_be_written_to_keeps_no_task) {
    make(1);
    fleet.fail_next_send = true;
    task_entry& task = submit();
    EXPECT_EQ(task.place, task_entry::queued);
    EXPECT_EQ(die(0), nullptr);
    pool->tick(now);
    make_ready(0);
    EXPECT_EQ(answer(0), &task);
}

} // namespace
} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// The dispatcher's decisions about deadlines, stopping, retries, and the life of workers, one by one.
#include "support/dispatcher_fixture.hpp"

namespace penstock::pool {
namespace {

dispatcher_options one_worker() {
    dispatcher_options options;
    options.workers = 1;
    options.deepest = 16;
    options.grace = 2s;
    return options;
}

class dispatcher_lifecycle : public dispatcher_test {
protected:
    task_entry& submit_with_timeout(std::chrono::nanoseconds timeout) {
        tasks.push_back(std::make_unique<task_entry>());
        tasks.back()->id = tasks.size();
        tasks.back()->timeout = timeout;
        pool->submit(*tasks.back(), now);
        return *tasks.back();
    }
    task_entry& submit_for(std::int32_t worker) {
        tasks.push_back(std::make_unique<task_entry>());
        tasks.back()->id = tasks.size();
        tasks.back()->only = worker;
        pool->submit(*tasks.back(), now);
        return *tasks.back();
    }
    /// Ticks as an I/O thread does: whenever something is due, until `end`.
    void live_until(dispatcher::time_point end) {
        while (pool->next_tick() && *pool->next_tick() <= end) {
            now = std::max(now, *pool->next_tick());
            pool->tick(now);
        }
        now = end;
        pool->tick(now);
    }
    const test::model_fleet::worker& worker(std::size_t number) const { return fleet.workers[number]; }
};

TEST_F(dispatcher_lifecycle, a_deadline_counts_from_the_moment_the_task_is_the_first) {
    make(one_worker());
    submit();
    fleet.read(0);
    submit_with_timeout(10ms);
    live_until(now + 1h);
    EXPECT_FALSE(worker(0).asked) << "it waits, it does not run";
    answer(0);
    fleet.read(0);
    live_until(now + 9ms);
    EXPECT_FALSE(worker(0).asked);
    live_until(now + 1ms);
    EXPECT_TRUE(worker(0).asked);
}

TEST_F(dispatcher_lifecycle, a_task_past_its_deadline_is_asked_then_terminated_then_killed) {
    make(one_worker());
    task_entry& task = submit_with_timeout(10ms);
    fleet.read(0);
    live_until(now + 10ms);
    EXPECT_TRUE(worker(0).asked);
    EXPECT_EQ(task.stopped, verdict::timed_out);
    live_until(now + 1999ms);
    EXPECT_FALSE(worker(0).terminated);
    live_until(now + 1ms);
    EXPECT_TRUE(worker(0).terminated);
    EXPECT_FALSE(worker(0).dying);
    live_until(now + 500ms);
    EXPECT_TRUE(worker(0).dying);
    EXPECT_EQ(die(0), &task);
}

TEST_F(dispatcher_lifecycle, a_task_that_ends_when_asked_keeps_its_worker) {
    make(one_worker());
    task_entry& task = submit_with_timeout(10ms);
    fleet.read(0);
    live_until(now + 10ms);
    EXPECT_EQ(answer(0), &task);
    EXPECT_EQ(task.stopped, verdict::timed_out) << "that is how it ends";
    live_until(now + 1h);
    EXPECT_FALSE(worker(0).terminated || worker(0).dying);
    EXPECT_EQ(submit().place, 0);
}

// SIGTERM may be on its way still, and would hit whatever the worker runs then.
TEST_F(dispatcher_lifecycle, a_task_that_ends_after_sigterm_does_not_keep_its_worker) {
    make(one_worker());
    submit_with_timeout(10ms);
    fleet.read(0);
    live_until(now + 3s);
    ASSERT_TRUE(worker(0).terminated);
    answer(0);
    EXPECT_EQ(submit().place, task_entry::queued);
}

TEST_F(dispatcher_lifecycle, what_is_behind_a_task_that_is_stopped_runs_elsewhere) {
    dispatcher_options options = one_worker();
    options.workers = 2;
    make(options);
    train(1);
    submit_many(2);
    for (int i = 0; i != 4; ++i) submit_with_timeout(10ms);
    answer(1);
    fleet.read(1);
    ASSERT_GT(at(1).size(), 1u);
    const task_entry* running = pool->running(1);
    ASSERT_TRUE(pool->stop_running(*tasks[running->id - 1], verdict::cancelled, now));
    EXPECT_EQ(at(1).size(), 1u);
    EXPECT_TRUE(worker(1).asked);
}

TEST_F(dispatcher_lifecycle, a_task_that_nobody_took_did_not_run_out_of_time) {
    dispatcher_options options = one_worker();
    options.workers = 2;
    make(options);
    task_entry& task = submit_with_timeout(10ms);
    ASSERT_EQ(task.place, 1);
    live_until(now + 10ms); // worker 1 is deaf
    EXPECT_EQ(task.place, 0) << "another one gets it";
    EXPECT_EQ(task.stopped, verdict::none);
    EXPECT_FALSE(worker(1).asked || worker(1).dying);
}

TEST_F(dispatcher_lifecycle, a_worker_that_stays_deaf_is_killed) {
    make(one_worker());
    task_entry& task = submit_with_timeout(10ms);
    live_until(now + 2s);
    EXPECT_FALSE(worker(0).dying);
    live_until(now + 100ms);
    EXPECT_TRUE(worker(0).dying);
    EXPECT_EQ(fleet.reasons[0], "it did not take the task that was sent to it");
    EXPECT_EQ(die(0), nullptr) << "the task is unharmed";
    pool->tick(now);
    make_ready(0);
    EXPECT_EQ(answer(0), &task);
}

TEST_F(dispatcher_lifecycle, time_in_which_everybody_was_frozen_does_not_count) {
    make(one_worker());
    submit_with_timeout(1s);
    fleet.read(0);
    live_until(now + 500ms);
    now += 1h; // and no tick in between
    pool->tick(now);
    EXPECT_FALSE(worker(0).asked);
    live_until(now + 350ms);
    EXPECT_FALSE(worker(0).asked);
    live_until(now + 300ms);
    EXPECT_TRUE(worker(0).asked);
}

TEST_F(dispatcher_lifecycle, nor_does_it_when_they_were_frozen_before_the_first_tick) {
    make(one_worker());
    pool->tick(now);
    submit_with_timeout(1s);
    fleet.read(0);
    now += 1h;
    pool->tick(now);
    EXPECT_FALSE(worker(0).asked);
    live_until(now + 1s);
    EXPECT_TRUE(worker(0).asked);
}

TEST_F(dispatcher_lifecycle, a_task_is_retried_not_before_its_time) {
    make(one_worker());
    task_entry& task = submit();
    fleet.read(0);
    ASSERT_EQ(die(0), &task);
    pool->retry(task, now + 100ms, now);
    pool->tick(now);
    make_ready(0);
    live_until(now + 99ms);
    EXPECT_EQ(task.place, task_entry::delayed);
    EXPECT_EQ(pool->queued(), 1u);
    live_until(now + 1ms);
    EXPECT_EQ(task.place, 0);
}

TEST_F(dispatcher_lifecycle, a_task_that_waits_for_its_next_attempt_can_be_cancelled) {
    make(one_worker());
    task_entry& task = submit();
    fleet.read(0);
    die(0);
    pool->retry(task, now + 100ms, now);
    EXPECT_TRUE(pool->cancel(task, now));
    EXPECT_EQ(pool->queued(), 0u);
}

TEST_F(dispatcher_lifecycle, a_pool_that_drains_waits_for_the_next_attempt) {
    make(one_worker());
    task_entry& task = submit();
    fleet.read(0);
    pool->shut_down(shutdown_mode::drain, now);
    ASSERT_EQ(die(0), &task);
    pool->retry(task, now + 100ms, now);
    EXPECT_FALSE(pool->finished());
    live_until(now + 200ms);
    ASSERT_EQ(fleet.started.size(), 1u);
    make_ready(0);
    EXPECT_EQ(answer(0), &task);
    EXPECT_TRUE(worker(0).dismissed);
}

TEST_F(dispatcher_lifecycle, a_worker_is_replaced_after_its_number_of_tasks) {
    dispatcher_options options = one_worker();
    options.max_tasks_per_worker = 3; // a quarter of it is none: no jitter
    make(options);
    submit_many(10);
    for (int i = 0; i != 3; ++i) answer(0);
    EXPECT_TRUE(worker(0).dismissed);
    EXPECT_EQ(fleet.recycles, 1);
    EXPECT_EQ(die(0), nullptr);
    pool->tick(now);
    ASSERT_EQ(fleet.started.size(), 1u) << "at once: it was no failure";
    make_ready(0);
    EXPECT_EQ(answer(0)->id, 4u);
}

TEST_F(dispatcher_lifecycle, workers_are_not_all_replaced_at_once) {
    dispatcher_options options = one_worker();
    options.workers = 8;
    options.max_tasks_per_worker = 1000;
    make(options);
    submit_many(8'000);
    std::map<std::size_t, int> answered;
    for (int i = 0; i != 1000; ++i)
        for (std::size_t number = 0; number != 8; ++number)
            if (!worker(number).dismissed && answer(number) != nullptr) ++answered[number];
    std::set<int> different;
    for (const auto& [number, count] : answered) {
        EXPECT_GE(count, 750);
        EXPECT_LE(count, 1000);
        different.insert(count);
    }
    EXPECT_GT(different.size(), 3u);
}

TEST_F(dispatcher_lifecycle, idle_workers_are_parked_and_woken_by_work) {
    dispatcher_options options = one_worker();
    options.workers = 2;
    options.idle_timeout = 1s;
    make(options);
    live_until(now + 1s);
    EXPECT_TRUE(worker(0).dismissed && worker(1).dismissed);
    die(0);
    die(1);
    live_until(now + 1h);
    EXPECT_TRUE(fleet.started.empty());
    task_entry& task = submit();
    ASSERT_EQ(fleet.started.size(), 1u) << "one task, one worker";
    make_ready(fleet.started.front());
    EXPECT_GE(task.place, 0);
}

TEST_F(dispatcher_lifecycle, a_pool_with_parked_workers_ends) {
    dispatcher_options options = one_worker();
    options.idle_timeout = 1s;
    make(options);
    live_until(now + 1s);
    die(0);
    pool->shut_down(shutdown_mode::drain, now);
    EXPECT_TRUE(pool->finished());
}

TEST_F(dispatcher_lifecycle, growing_starts_and_shrinking_dismisses) {
    make(one_worker());
    pool->resize(3, now);
    EXPECT_EQ(fleet.started.size(), 2u);
    fleet.workers.resize(3);
    make_ready(1);
    make_ready(2);
    task_entry& task = submit(); // at the last used one
    const auto busy = static_cast<std::size_t>(task.place);
    fleet.read(busy);
    pool->resize(1, now);
    EXPECT_EQ(pool->target(), 1u);
    for (std::size_t number = 1; number != 3; ++number) EXPECT_EQ(worker(number).dismissed, number != busy);
    answer(busy);
    EXPECT_TRUE(worker(busy).dismissed || busy == 0);
    for (std::size_t number = 1; number != 3; ++number) die(number);
    live_until(now + 1h);
    EXPECT_TRUE(fleet.started.empty()) << "they are not replaced";
}

TEST_F(dispatcher_lifecycle, a_task_for_one_worker_waits_for_it_and_its_successor) {
    dispatcher_options options = one_worker();
    options.workers = 2;
    make(options);
    submit();
    submit();
    fleet.read(0);
    fleet.read(1);
    task_entry& pinned = submit_for(0);
    answer(1);
    EXPECT_NE(pinned.place, 1);
    die(0);
    EXPECT_EQ(pinned.place, task_entry::queued);
    pool->tick(now);
    make_ready(0);
    EXPECT_EQ(pinned.place, 0);
}

TEST_F(dispatcher_lifecycle, a_broken_pool_can_be_armed_again) {
    make(one_worker());
    submit();
    pool->break_down();
    while (pool->next_abandoned() != nullptr) {}
    die(0);
    pool->reset(now);
    ASSERT_EQ(fleet.started.size(), 1u);
    make_ready(0);
    EXPECT_TRUE(pool->accepting());
    EXPECT_EQ(submit().place, 0);
}

TEST_F(dispatcher_lifecycle, a_worker_that_is_not_ready_in_time_is_killed) {
    dispatcher_options options = one_worker();
    options.start_timeout = 10s;
    make_starting(options);
    live_until(now + 9s);
    EXPECT_FALSE(worker(0).dying);
    live_until(now + 1s);
    EXPECT_TRUE(worker(0).dying);
    EXPECT_EQ(fleet.reasons[0], "it was not ready within pool_options.start_timeout");
}

TEST_F(dispatcher_lifecycle, a_worker_that_does_not_go_when_asked_is_made_to) {
    make(one_worker());
    pool->shut_down(shutdown_mode::drain, now);
    EXPECT_TRUE(worker(0).dismissed);
    live_until(now + 2s);
    EXPECT_TRUE(worker(0).terminated);
    live_until(now + 500ms);
    EXPECT_TRUE(worker(0).dying);
}

TEST_F(dispatcher_lifecycle, one_that_cannot_be_written_to_does_not_keep_others_from_working) {
    dispatcher_options options = one_worker();
    options.workers = 2;
    make(options);
    fleet.fail_next_send = true;
    EXPECT_EQ(submit().place, 0) << "worker 1 is dying; the task need not wait for that";
}

} // namespace
} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// What the dispatcher decides about deadlines, requests to stop, other attempts and workers that go: with a clock that
// only the test moves.
#include "support/dispatcher_fixture.hpp"

#include <algorithm>

namespace penstock::pool {
namespace {

class dispatcher_stop_test : public dispatcher_test {
protected:
    void make_with(std::size_t workers, std::chrono::nanoseconds grace = 2s, std::chrono::nanoseconds idle_timeout = 0ns) {
        dispatcher_options options;
        options.workers = workers;
        options.deepest = 16;
        options.grace = grace;
        options.idle_timeout = idle_timeout;
        make(options);
    }
    task_entry& submit_with(std::chrono::nanoseconds timeout) {
        tasks.push_back(std::make_unique<task_entry>());
        tasks.back()->id = tasks.size();
        tasks.back()->timeout = timeout;
        pool->submit(*tasks.back(), now);
        return *tasks.back();
    }
    /// Lets the time pass as the engine does: never past what is due, never for long without a tick.
    void pass(std::chrono::nanoseconds duration) {
        const auto until = now + duration;
        while (now < until) {
            const auto due = pool->next_tick();
            now = std::clamp(due.value_or(until), now + 1ns, until);
            pool->tick(now);
        }
    }
    void start_next() {
        ASSERT_FALSE(fleet.started.empty());
        const std::size_t number = fleet.started.front();
        fleet.started.pop_front();
        fleet.workers[number] = {};
        fleet.workers[number].alive = true;
        pool->ready(number, now);
    }
};

TEST_F(dispatcher_stop_test, a_deadline_goes_from_request_to_sigterm_to_sigkill) {
    make_with(1);
    submit_with(1s);
    fleet.read(0);
    pass(1s - 1ms);
    EXPECT_FALSE(fleet.workers[0].asked);
    pass(1ms);
    EXPECT_TRUE(fleet.workers[0].asked);
    pass(2s - 1ms);
    EXPECT_FALSE(fleet.workers[0].terminated);
    pass(1ms);
    EXPECT_TRUE(fleet.workers[0].terminated);
    pass(500ms - 1ms);
    EXPECT_FALSE(fleet.workers[0].dying);
    pass(1ms);
    EXPECT_TRUE(fleet.workers[0].dying);
    EXPECT_EQ(die(0)->stopped, verdict::timed_out);
}

TEST_F(dispatcher_stop_test, a_task_that_ends_when_asked_leaves_a_worker_like_any_other) {
    make_with(1);
    submit_with(1s);
    task_entry& next = submit();
    fleet.read(0);
    pass(1s);
    EXPECT_EQ(answer(0)->stopped, verdict::timed_out);
    EXPECT_EQ(at(0), ids{next.id});
    pass(10s);
    EXPECT_FALSE(fleet.workers[0].terminated);
}

TEST_F(dispatcher_stop_test, what_is_behind_a_task_that_is_stopped_goes_elsewhere_and_nothing_follows) {
    make_with(2);
    submit_many(2);
    answer(0);
    answer(1);
    submit_with(1s);
    fleet.read(1);
    pass(1s);
    submit();
    task_entry& last = submit();
    EXPECT_EQ(at(1).size(), 1u) << "it has enough to do with ending";
    EXPECT_EQ(at(0).size() + pool->queued(), 2u);
    EXPECT_NE(last.place, 1);
}

// SIGTERM is on its way: the worker may take a task with it that it was only just given.
TEST_F(dispatcher_stop_test, an_answer_after_sigterm_brings_no_new_task) {
    make_with(1);
    submit_with(1s);
    fleet.read(0);
    pass(3s);
    ASSERT_TRUE(fleet.workers[0].terminated);
    task_entry& next = submit();
    EXPECT_NE(answer(0), nullptr);
    EXPECT_EQ(next.place, task_entry::queued);
    EXPECT_EQ(die(0), nullptr) << "nothing is lost with it";
    pass(1ms);
    start_next();
    EXPECT_EQ(at(0), ids{next.id});
}

TEST_F(dispatcher_stop_test, a_deadline_counts_from_the_moment_a_task_is_the_first) {
    make_with(1);
    train(0);
    submit();
    task_entry& second = submit_with(1ms);
    fleet.read(0);
    pass(5s);
    EXPECT_EQ(second.stopped, verdict::none);
    answer(0);
    EXPECT_EQ(second.place, 0);
    fleet.read(0);
    pass(1ms);
    EXPECT_EQ(second.stopped, verdict::timed_out);
}

TEST_F(dispatcher_stop_test, a_task_that_was_never_read_is_not_timed_out_but_given_to_another) {
    make_with(2);
    task_entry& task = submit_with(50ms);
    const auto deaf = static_cast<std::size_t>(task.place);
    pass(50ms);
    EXPECT_EQ(task.stopped, verdict::none);
    EXPECT_EQ(task.place, static_cast<std::int32_t>(1 - deaf));
}

TEST_F(dispatcher_stop_test, a_worker_that_reads_nothing_through_deadlines_for_the_grace_is_killed) {
    make_with(1);
    task_entry& task = submit_with(50ms);
    pass(1'900ms);
    EXPECT_FALSE(fleet.workers[0].dying);
    pass(400ms);
    EXPECT_TRUE(fleet.workers[0].dying);
    EXPECT_EQ(task.stopped, verdict::none);
    EXPECT_EQ(die(0), nullptr);
    pass(1ms);
    start_next();
    EXPECT_EQ(at(0), ids{task.id});
}

TEST_F(dispatcher_stop_test, a_worker_that_reads_nothing_through_long_deadlines_is_killed_after_the_second) {
    make_with(1);
    submit_with(5s);
    pass(9'900ms);
    EXPECT_FALSE(fleet.workers[0].dying);
    pass(400ms);
    EXPECT_TRUE(fleet.workers[0].dying);
}

TEST_F(dispatcher_stop_test, deafness_of_long_ago_is_forgotten) {
    make_with(1);
    task_entry& first = submit_with(50ms);
    pass(200ms);
    EXPECT_TRUE(pool->cancel(first, now));
    pass(60s);
    submit_with(50ms);
    pass(1s);
    EXPECT_FALSE(fleet.workers[0].dying);
}

TEST_F(dispatcher_stop_test, a_worker_that_is_late_but_reads_is_not_killed) {
    make_with(1);
    for (int i = 0; i != 20; ++i) {
        task_entry& task = submit_with(50ms);
        pass(500ms);
        EXPECT_EQ(answer(0), &task);
    }
    EXPECT_FALSE(fleet.workers[0].dying);
}

TEST_F(dispatcher_stop_test, frozen_time_counts_for_nothing) {
    make_with(1);
    task_entry& read = submit_with(1s);
    fleet.read(0);
    pass(500ms);
    now += 1h;
    pool->tick(now);
    EXPECT_EQ(read.stopped, verdict::none);
    pass(600ms);
    EXPECT_EQ(read.stopped, verdict::timed_out);
    EXPECT_FALSE(fleet.workers[0].terminated);
    now += 1h;
    pool->tick(now);
    EXPECT_FALSE(fleet.workers[0].terminated) << "nor for the grace";
}

TEST_F(dispatcher_stop_test, frozen_time_makes_no_worker_deaf) {
    make_with(1);
    submit_with(300ms);
    pass(100ms);
    now += 1h;
    pool->tick(now);
    pass(400ms);
    EXPECT_FALSE(fleet.workers[0].dying);
}

TEST_F(dispatcher_stop_test, the_longest_timeout_and_grace_are_never_due) {
    make_with(1, std::chrono::nanoseconds::max());
    task_entry& task = submit_with(std::chrono::nanoseconds::max());
    fleet.read(0);
    EXPECT_EQ(pool->next_tick(), std::nullopt);
    EXPECT_TRUE(pool->stop_running(task, verdict::cancelled, now));
    EXPECT_EQ(pool->next_tick(), std::nullopt);
    pass(24h);
    EXPECT_FALSE(fleet.workers[0].terminated);
}

TEST_F(dispatcher_stop_test, another_attempt_comes_when_it_is_due) {
    make_with(1);
    task_entry& task = submit();
    fleet.read(0);
    ASSERT_EQ(die(0), &task);
    pass(1ms);
    start_next();
    pool->retry(task, now + 1s, now);
    EXPECT_EQ(task.place, task_entry::delayed);
    EXPECT_EQ(pool->not_running(), 1u);
    pass(1s - 1ms);
    EXPECT_EQ(task.place, task_entry::delayed);
    pass(1ms);
    EXPECT_EQ(at(0), ids{task.id});
}

TEST_F(dispatcher_stop_test, a_draining_pool_whose_workers_are_gone_starts_one_for_another_attempt) {
    for (const auto pause : {0s, 1s}) {
        fleet.workers.clear();
        fleet.started.clear();
        make_with(2);
        task_entry& task = submit();
        const auto last = static_cast<std::size_t>(task.place);
        fleet.read(last);
        pool->shut_down(shutdown_mode::drain, now);
        EXPECT_EQ(die(1 - last), nullptr);
        ASSERT_EQ(die(last), &task);
        pool->retry(task, now + pause, now);
        EXPECT_FALSE(pool->finished());
        pass(2s);
        ASSERT_EQ(fleet.started.size(), 1u);
        const std::size_t fresh = fleet.started.front();
        start_next();
        EXPECT_EQ(answer(fresh), &task);
        EXPECT_TRUE(fleet.workers[fresh].dismissed);
        die(fresh);
        EXPECT_TRUE(pool->finished());
    }
}

TEST_F(dispatcher_stop_test, parked_workers_do_not_keep_a_pool_from_ending) {
    make_with(2, 2s, 1s);
    task_entry& task = submit();
    const auto first = static_cast<std::size_t>(task.place);
    fleet.read(first);
    ASSERT_EQ(die(first), &task);
    pool->retry(task, now + 1h, now);
    pass(1ms);
    start_next();
    pass(2s);
    for (std::size_t i = 0; i != 2; ++i) {
        EXPECT_TRUE(fleet.workers[i].dismissed);
        die(i);
    }
    EXPECT_EQ(fleet.others_let_go, 2);
    pool->shut_down(shutdown_mode::drain, now);
    ASSERT_EQ(fleet.started.size(), 1u) << "somebody has to run it";
    const std::size_t fresh = fleet.started.front();
    start_next();
    pass(1h);
    EXPECT_EQ(answer(fresh), &task);
    die(fresh);
    EXPECT_TRUE(pool->finished());
}

TEST_F(dispatcher_stop_test, a_task_for_a_worker_that_a_resize_took_away_starts_it_once_more) {
    make_with(2);
    pool->resize(1, now);
    die(1);
    tasks.push_back(std::make_unique<task_entry>());
    task_entry& task = *tasks.back();
    task.id = 1;
    task.only = 1;
    pool->submit(task, now);
    ASSERT_EQ(fleet.started.size(), 1u);
    start_next();
    EXPECT_EQ(answer(1), &task);
    EXPECT_TRUE(fleet.workers[1].dismissed);
    EXPECT_EQ(fleet.others_let_go, 2);
}

TEST_F(dispatcher_stop_test, all_that_does_not_run_is_counted) {
    make_with(1);
    train(0);
    submit_many(100);
    tasks.push_back(std::make_unique<task_entry>());
    tasks.back()->id = tasks.size();
    tasks.back()->only = 0;
    pool->submit(*tasks.back(), now);
    EXPECT_GT(at(0).size(), 1u);
    EXPECT_EQ(pool->not_running(), 100u);
}

/// A worker that takes longer to wake up than its task may run.
TEST_F(dispatcher_stop_test, a_worker_that_is_slow_to_take_a_task_gets_more_time_at_each_try) {
    make(1);
    tasks.push_back(std::make_unique<task_entry>());
    task_entry& entry = *tasks.back();
    entry.id = 1;
    entry.timeout = 1ms;
    pool->submit(entry, now);
    const auto began = now;
    int tries = 0;
    for (; now - began < 60ms; ++tries) {
        now = pool->next_tick().value();
        pool->tick(now);
    }
    EXPECT_GE(tries, 5);
    EXPECT_LE(tries, 8) << "each waits as long as all before it";
    EXPECT_TRUE(fleet.read(0));
    EXPECT_FALSE(fleet.workers[0].dying);
}

} // namespace
} // namespace penstock::pool

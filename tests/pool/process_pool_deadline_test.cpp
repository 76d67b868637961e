// SPDX-License-Identifier: MIT
// Deadlines: task_options.timeout and pool_options.task_timeout. They count while the task runs; then come the request to
// stop, SIGTERM after the grace, and SIGKILL. A long grace where no signal may come, a short one where it must.
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"
#include "support/stubborn_tasks.hpp"

#include <algorithm>
#include <stdexcept>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

int throw_when_asked(const std::string& arrived) {
    obey(arrived);
    throw std::out_of_range("on the way out");
}
bool is_asked() { return this_task::stop_requested(); }
/// Asks itself to stop as the pool would, but in the name of another task.
bool is_asked_by(std::uint64_t other) {
    sigval value{};
    value.sival_ptr = reinterpret_cast<void*>(static_cast<std::uintptr_t>(other));
    if (::sigqueue(::getpid(), SIGURG, value) != 0) throw std::runtime_error("sigqueue");
    return this_task::stop_requested();
}
std::uint64_t own_id() { return this_task::id(); }
void ignore_sigterm() { std::signal(SIGTERM, SIG_IGN); }
/// SIGTERM is held up until the task is nearly done, so that the pool has sent it before it gets the answer.
pid_t answer_although_terminated(const std::string& arrived) {
    static volatile std::sig_atomic_t told;
    told = 0;
    std::signal(SIGTERM, [](int) { told = 1; });
    arrivals::announce(arrived);
    run_until([] { return told == 1; });
    return ::getpid();
}

class process_pool_deadline : public pool_test {
protected:
    ~process_pool_deadline() override { expect_back_to(before_); }

    static void expect_contains(const std::string& text, const std::string& part) {
        EXPECT_NE(text.find(part), std::string::npos) << text;
    }

    arrivals there_;
    gate release_;
    process_state before_ = look_at_this_process();
};

TEST_F(process_pool_deadline, a_task_that_obeys_costs_no_worker) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    auto late = pool.submit({.timeout = 20ms, .label = "slow"}, obey, there_.path());
    const pid_t worker = there_.next();
    const auto e = error_of<task_timeout>(late);
    for (const char* part : {"'slow'", "20 ms", "stopped when it was asked to"}) expect_contains(e.what(), part);
    EXPECT_TRUE(e.attempts().empty()) << "nobody asked for a history";
    EXPECT_EQ(outcome_of(pool.submit(own_pid)), worker);
    EXPECT_EQ(pool.stats().timed_out, 1u);
    EXPECT_EQ(pool.stats().respawns_died, 0u);
}

TEST_F(process_pool_deadline, what_a_task_throws_on_the_way_out_is_a_timeout_too) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    error_of<task_timeout>(pool.submit({.timeout = 20ms}, throw_when_asked, there_.path()));
}

TEST_F(process_pool_deadline, sigterm_ends_a_task_that_does_not_listen) {
    process_pool pool{{.workers = 1, .grace = 30ms}};
    auto late = pool.submit({.timeout = 20ms, .label = "deaf"}, ignore, there_.path());
    const pid_t worker = there_.next();
    const auto e = error_of<task_timeout>(late);
    expect_contains(e.what(), "'deaf'");
    expect_contains(e.what(), "signal 15");
    EXPECT_NE(outcome_of(pool.submit(own_pid)), worker);
    EXPECT_FALSE(lives(worker));
    EXPECT_EQ(pool.stats().respawns_died, 1u);
}

TEST_F(process_pool_deadline, sigkill_ends_a_task_that_ignores_sigterm) {
    process_pool pool{{.workers = 1, .grace = 30ms}};
    auto late = pool.submit({.timeout = 20ms}, ignore_all, there_.path());
    const pid_t worker = there_.next();
    expect_contains(error_of<task_timeout>(late).what(), "signal 9");
    EXPECT_FALSE(lives(worker));
    expect_works(pool);
}

TEST_F(process_pool_deadline, a_grace_of_nothing_leaves_no_time) {
    process_pool pool{{.workers = 1, .grace = 0ns}};
    for (int i = 0; i != 5; ++i) error_of<task_timeout>(pool.submit({.timeout = 10ms}, ignore_all, there_.path()));
    expect_works(pool);
}

TEST_F(process_pool_deadline, a_stopped_worker_does_not_hold_it_up) {
    process_pool pool{{.workers = 1, .grace = 30ms}};
    auto late = pool.submit({.timeout = 200ms}, ignore, there_.path());
    const pid_t worker = there_.next();
    ASSERT_EQ(::kill(worker, SIGSTOP), 0);
    error_of<task_timeout>(late);
    EXPECT_FALSE(lives(worker));
    expect_works(pool);
}

// It never reads the task, so the task did not run, and must run elsewhere.
TEST_F(process_pool_deadline, a_worker_that_was_stopped_while_idle_is_replaced) {
    process_pool pool{{.workers = 1, .grace = 30ms}};
    const pid_t stopped = outcome_of(pool.submit(own_pid));
    ASSERT_EQ(::kill(stopped, SIGSTOP), 0);
    ASSERT_TRUE(eventually([&] { return stat_of(stopped).state == 'T'; }));
    EXPECT_NE(outcome_of(pool.submit({.timeout = 2s}, own_pid)), stopped);
    EXPECT_FALSE(lives(stopped));
}

TEST_F(process_pool_deadline, time_in_the_queue_does_not_count) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    auto held = pool.submit(stay, there_.path(), release_.path());
    there_.next();
    std::vector<future<int>> waiting;
    for (int i = 0; i != 20; ++i) waiting.push_back(pool.submit({.timeout = 10s}, twice, i));
    auto impatient = pool.submit({.timeout = 100ms}, obey, there_.path());
    EXPECT_FALSE(impatient.wait_for(400ms)) << "it has not run at all";
    EXPECT_FALSE(impatient.running());
    release_.open();
    for (int i = 0; i != 20; ++i) EXPECT_EQ(outcome_of(waiting[static_cast<std::size_t>(i)]), 2 * i);
    there_.next(); // it did run
    error_of<task_timeout>(impatient);
    outcome_of(held);
}

// The first of those that a worker has at once is long; those behind it have not begun when its time is over.
TEST_F(process_pool_deadline, time_behind_another_task_does_not_count) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    for (int i = 0; i != 500; ++i) outcome_of(pool.submit(twice, i)); // it is known to be fast
    std::vector<future<int>> behind;
    auto late = pool.submit({.timeout = 300ms}, obey, there_.path());
    for (int i = 0; i != 50; ++i) behind.push_back(pool.submit({.timeout = 200ms}, twice, i));
    error_of<task_timeout>(late);
    for (int i = 0; i != 50; ++i) EXPECT_EQ(outcome_of(behind[static_cast<std::size_t>(i)]), 2 * i);
}

TEST_F(process_pool_deadline, the_default_of_the_pool_is_for_tasks_without_their_own) {
    process_pool pool{{.workers = 2, .task_timeout = 20ms, .grace = 60s}};
    expect_contains(error_of<task_timeout>(pool.submit(obey, there_.path())).what(), "20 ms");
    auto longer = pool.submit({.timeout = 1h}, stay, there_.path(), release_.path());
    there_.next();
    error_of<task_timeout>(pool.submit({.label = "default"}, obey, there_.path()));
    EXPECT_FALSE(longer.ready());
    release_.open();
    EXPECT_GT(outcome_of(longer), 0);
}

TEST_F(process_pool_deadline, neighbours_are_unharmed) {
    process_pool pool{{.workers = 3, .grace = 20ms}};
    auto neighbour = pool.submit({.timeout = 1h}, stay, there_.path(), release_.path());
    const pid_t other = there_.next();
    std::vector<future<pid_t>> late;
    for (int i = 0; i != 6; ++i) late.push_back(pool.submit({.timeout = 10ms}, i % 2 == 0 ? ignore : ignore_all, there_.path()));
    std::vector<future<int>> behind;
    for (int i = 0; i != 200; ++i) behind.push_back(pool.submit(twice, i));
    for (auto& each : late) error_of<task_timeout>(each);
    for (int i = 0; i != 200; ++i) EXPECT_EQ(outcome_of(behind[static_cast<std::size_t>(i)]), 2 * i);
    EXPECT_FALSE(neighbour.ready());
    release_.open();
    EXPECT_EQ(outcome_of(neighbour), other);
    expect_works(pool);
}

TEST_F(process_pool_deadline, a_late_request_never_stops_the_next_task) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    const std::uint64_t before = outcome_of(pool.submit(own_id));
    for (int i = 0; i != 20; ++i) {
        error_of<task_timeout>(pool.submit({.timeout = 5ms}, obey, there_.path()));
        EXPECT_FALSE(outcome_of(pool.submit(is_asked)));
    }
    EXPECT_FALSE(outcome_of(pool.submit(is_asked_by, before))) << "a request for a task that is long done";
    EXPECT_TRUE(outcome_of(pool.submit(is_asked_by, before + 42))) << "the signal was never seen, and the test above proves nothing";
}

// A deadline that comes while the task answers: a timeout or the result, never anything else, and the next task lives.
TEST_F(process_pool_deadline, racing_with_the_answer_has_one_outcome_and_harms_nobody) {
    process_pool pool{{.workers = 2, .grace = 0ns}};
    for (int i = 0; i != 300; ++i) {
        auto racing = pool.submit({.timeout = std::chrono::microseconds(20 + i % 200)}, twice, i);
        auto next = pool.submit(twice, i + 1);
        try {
            EXPECT_EQ(outcome_of(racing), 2 * i);
        } catch (const task_timeout&) {
        }
        EXPECT_EQ(outcome_of(next), 2 * i + 2);
    }
}

// After SIGTERM was sent the worker may go at any moment: nothing may be given to it any more, even if it answers.
TEST_F(process_pool_deadline, a_worker_that_was_told_to_end_gets_nothing_more) {
    process_pool pool{{.workers = 1, .grace = 30ms}};
    for (int i = 0; i != 5; ++i) {
        auto late = pool.submit({.timeout = 10ms}, answer_although_terminated, there_.path());
        const pid_t worker = there_.next();
        auto next = pool.submit(own_pid);
        error_of<task_timeout>(late);
        EXPECT_NE(outcome_of(next), worker);
    }
}

TEST_F(process_pool_deadline, the_shortest_and_the_longest) {
    process_pool pool{{.workers = 2, .grace = 60s}};
    for (int i = 0; i != 20; ++i) error_of<task_timeout>(pool.submit({.timeout = 1ms}, obey, there_.path()));
    expect_contains(error_of<task_timeout>(pool.submit({.timeout = 1ns}, obey, there_.path())).what(), "1 ns");
    EXPECT_EQ(outcome_of(pool.submit({.timeout = std::chrono::nanoseconds::max()}, twice, 4)), 8);
    EXPECT_THROW(static_cast<void>(pool.submit({.timeout = -1ns}, twice, 4)), std::invalid_argument);
    auto held = pool.submit({.timeout = std::chrono::nanoseconds::max()}, stay, there_.path(), release_.path());
    for (int i = 0; i != 21; ++i) there_.next();
    const pid_t worker = there_.next();
    EXPECT_FALSE(held.ready());
    release_.open();
    EXPECT_EQ(outcome_of(held), worker);
}

TEST_F(process_pool_deadline, for_ever_as_the_grace_and_as_the_default) {
    process_pool pool{{.workers = 1, .task_timeout = std::chrono::nanoseconds::max(), .grace = std::chrono::nanoseconds::max()}};
    error_of<task_timeout>(pool.submit({.timeout = 10ms}, obey, there_.path()));
    EXPECT_EQ(outcome_of(pool.submit(twice, 4)), 8);
}

TEST_F(process_pool_deadline, on_a_thousand_tasks) {
    process_pool pool{{.workers = 3, .grace = 60s}};
    std::vector<future<pid_t>> late;
    std::vector<future<int>> good;
    for (int i = 0; i != 1'000; ++i) {
        if (i % 20 == 0) late.push_back(pool.submit({.timeout = 2ms}, obey, there_.path()));
        else good.push_back(pool.submit({.timeout = 60s}, twice, i));
    }
    for (auto& each : late) error_of<task_timeout>(each);
    int sum = 0;
    for (auto& each : good) sum += outcome_of(each) % 2;
    EXPECT_EQ(sum, 0);
    EXPECT_EQ(pool.stats().timed_out, 50u);
    EXPECT_EQ(pool.stats().done, 950u);
}

TEST_F(process_pool_deadline, holds_while_the_pool_drains) {
    future<pid_t> late;
    {
        process_pool pool{{.workers = 1, .grace = 20ms}};
        late = pool.submit({.timeout = 20ms}, ignore, there_.path());
        there_.next();
    }
    ASSERT_TRUE(late.ready());
    error_of<task_timeout>(late);
}

TEST_F(process_pool_deadline, of_workers_that_ignore_sigterm_from_the_start) {
    process_pool pool{{.workers = 2, .initializer = call(ignore_sigterm), .task_timeout = 10ms, .grace = 20ms}};
    std::vector<future<pid_t>> late;
    for (int i = 0; i != 6; ++i) late.push_back(pool.submit(ignore, there_.path()));
    for (auto& each : late) expect_contains(error_of<task_timeout>(each).what(), "signal 9");
}

} // namespace
} // namespace penstock::test

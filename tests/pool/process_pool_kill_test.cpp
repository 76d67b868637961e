// SPDX-License-Identifier: MIT
// Workers killed from outside: idle, busy, with tasks queued behind, and in the middle of a frame in either direction.
#include "support/payload.hpp"
#include "support/bytes_read.hpp"
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"

#include <csignal>
#include <fstream>
#include <thread>

namespace penstock::test {
namespace {

constexpr std::size_t mib = 1024 * 1024;

int next_of(int x) { return x + 1; }
/// Says that its arguments are there.
std::size_t received(const std::string& text, const std::string& arrived) {
    arrivals::announce(arrived);
    return text.size();
}

class process_pool_kill : public pool_test {
protected:
    /// A worker that has the task `hold` and, most likely, others behind it: those that `behind` submits. Its pid.
    template <class Behind>
    pid_t hold_with_others_behind(process_pool& pool, Behind behind) {
        const arrivals first_there;
        const gate start;
        std::vector<future<pid_t>> first;
        for (std::size_t i = 0; i != pool.workers(); ++i) first.push_back(pool.submit(stay, first_there.path(), start.path()));
        for (std::size_t i = 0; i != pool.workers(); ++i) first_there.next();
        for (int i = 0; i != 1'500; ++i) trained_.push_back(pool.submit(do_nothing)); // short tasks: it fetches ahead
        held_ = pool.submit({.label = "the held one"}, stay, there_.path(), release_.path());
        behind();
        start.open();
        for (auto& each : first) outcome_of(each);
        return there_.next();
    }

    arrivals there_;
    gate release_;
    future<pid_t> held_;
    std::vector<future<void>> trained_;
};

TEST_F(process_pool_kill, idle_workers_die_and_nothing_fails) {
    process_pool pool{{.workers = 3}};
    const std::set<pid_t> before = wake_all(pool);
    const process_state state = look_at_this_process();
    for (const pid_t pid : before) kill_and_wait(pid);
    expect_works(pool);
    for (const pid_t pid : wake_all(pool)) EXPECT_FALSE(before.contains(pid));
    expect_back_to(state);
}

// A task that reaches a dead worker before the death is noticed was never begun: it runs on the next one.
TEST_F(process_pool_kill, a_task_sent_to_a_worker_that_is_already_dead_runs) {
    process_pool pool{{.workers = 1}};
    for (int i = 0; i != 40; ++i) {
        const pid_t pid = outcome_of(pool.submit(own_pid));
        kill_and_wait(pid);
        EXPECT_NE(outcome_of(pool.submit(own_pid)), pid);
    }
}

TEST_F(process_pool_kill, a_large_task_sent_to_a_worker_that_never_reads_it_runs) {
    process_pool pool{{.workers = 1}};
    const pid_t pid = outcome_of(pool.submit(own_pid));
    ASSERT_EQ(::kill(pid, SIGSTOP), 0);
    ASSERT_TRUE(eventually([&] { return stat_of(pid).state == 'T'; }));
    auto size = pool.submit(received, random_text(8 * mib), there_.path());
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    EXPECT_EQ(outcome_of(size), 8 * mib);
    EXPECT_NE(there_.next(), pid);
    EXPECT_TRUE(there_.is_empty()) << "it ran twice";
}

// The first task of a callable tells the worker its name; taken back unread, it has told nothing.
TEST_F(process_pool_kill, a_callable_whose_first_task_was_taken_back_is_named_again) {
    process_pool pool{{.workers = 1}};
    const pid_t pid = outcome_of(pool.submit(own_pid));
    ASSERT_EQ(::kill(pid, SIGSTOP), 0);
    ASSERT_TRUE(eventually([&] { return stat_of(pid).state == 'T'; }));
    auto unread = pool.submit(next_of, 1);
    EXPECT_TRUE(unread.cancel());
    auto next = pool.submit(next_of, 2);
    ASSERT_EQ(::kill(pid, SIGCONT), 0);
    EXPECT_EQ(outcome_of(next), 3);
    error_of<task_cancelled>(unread);
    EXPECT_EQ(outcome_of(pool.submit(own_pid)), pid);
}

TEST_F(process_pool_kill, a_busy_worker_costs_exactly_its_task) {
    process_pool pool{{.workers = 4}};
    wake_all(pool);
    const process_state state = look_at_this_process();
    std::vector<future<pid_t>> held;
    for (int i = 0; i != 4; ++i)
        held.push_back(pool.submit({.label = "task " + std::to_string(i)}, stay, there_.path(), release_.path()));
    std::vector<future<int>> waiting;
    for (int i = 0; i != 50; ++i) waiting.push_back(pool.submit(next_of, i));
    for (int i = 0; i != 3; ++i) there_.next();
    const pid_t victim = there_.next();
    ASSERT_EQ(::kill(victim, SIGKILL), 0);
    for (int i = 0; i != 50; ++i) EXPECT_EQ(outcome_of(waiting[static_cast<std::size_t>(i)]), i + 1);
    release_.open();
    int died = 0;
    for (int i = 0; i != 4; ++i) {
        auto& each = held[static_cast<std::size_t>(i)];
        try {
            EXPECT_NE(outcome_of(each), victim);
        } catch (const worker_died& e) {
            ++died;
            EXPECT_EQ(e.pid(), victim);
            EXPECT_EQ(e.signal(), SIGKILL);
            EXPECT_EQ(e.exit_status(), -1);
            EXPECT_EQ(e.label(), "task " + std::to_string(i));
            const std::string what = e.what();
            for (const std::string& part : {std::to_string(victim), std::string("signal 9"), e.label()})
                EXPECT_NE(what.find(part), std::string::npos) << what;
        }
    }
    EXPECT_EQ(died, 1);
    expect_works(pool);
    expect_back_to(state);
}

TEST_F(process_pool_kill, tasks_queued_behind_the_lost_one_run) {
    for (int round = 0; round != 10; ++round) {
        process_pool pool{{.workers = 1}};
        std::vector<future<int>> behind;
        const pid_t victim = hold_with_others_behind(pool, [&] {
            for (int i = 0; i != 40; ++i) behind.push_back(pool.submit(next_of, i));
        });
        ASSERT_EQ(::kill(victim, SIGKILL), 0);
        const auto e = error_of<worker_died>(held_);
        EXPECT_EQ(e.pid(), victim);
        EXPECT_EQ(e.label(), "the held one");
        for (int i = 0; i != 40; ++i) EXPECT_EQ(outcome_of(behind[static_cast<std::size_t>(i)]), i + 1);
        for (auto& each : trained_) outcome_of(each);
        trained_.clear();
    }
}

// Nobody kills anybody here: what was fetched behind a long task must reach the idle worker.
TEST_F(process_pool_kill, tasks_queued_behind_a_long_one_run_elsewhere) {
    process_pool pool{{.workers = 2}};
    std::vector<future<int>> behind;
    hold_with_others_behind(pool, [&] {
        for (int i = 0; i != 40; ++i) behind.push_back(pool.submit(next_of, i));
    });
    for (int i = 0; i != 40; ++i) {
        auto& each = behind[static_cast<std::size_t>(i)];
        EXPECT_TRUE(each.wait_for(long_enough)) << "task " << i << " waits behind the long one";
    }
    release_.open();
    static_cast<void>(outcome_of(held_));
    for (int i = 0; i != 40; ++i) EXPECT_EQ(outcome_of(behind[static_cast<std::size_t>(i)]), i + 1);
}

// The same while the pool drains: the long task itself may wait for one that was queued behind it.
TEST_F(process_pool_kill, tasks_queued_behind_a_long_one_run_elsewhere_in_a_draining_pool) {
    process_pool pool{{.workers = 2}};
    std::vector<future<int>> behind;
    hold_with_others_behind(pool, [&] {
        for (int i = 0; i != 40; ++i) behind.push_back(pool.submit(next_of, i));
    });
    std::thread draining([&] { pool.shutdown(); });
    for (auto& each : behind) EXPECT_TRUE(each.wait_for(std::chrono::seconds(20))) << "a task waits behind the long one";
    release_.open();
    draining.join();
    static_cast<void>(outcome_of(held_));
}

TEST_F(process_pool_kill, a_cancelled_task_behind_a_long_one_harms_no_other) {
    process_pool pool{{.workers = 2}};
    std::vector<future<int>> behind;
    hold_with_others_behind(pool, [&] {
        for (int i = 0; i != 40; ++i) behind.push_back(pool.submit(next_of, i));
    });
    int cancelled = 0;
    for (std::size_t i = 39; i != 19; --i) cancelled += behind[i].cancel();
    EXPECT_FALSE(held_.cancel());
    int seen = 0;
    for (int i = 0; i != 40; ++i) {
        try {
            EXPECT_EQ(outcome_of(behind[static_cast<std::size_t>(i)]), i + 1);
        } catch (const task_cancelled&) {
            ++seen;
        }
    }
    EXPECT_EQ(seen, cancelled);
    release_.open();
    static_cast<void>(outcome_of(held_));
}

TEST_F(process_pool_kill, in_the_middle_of_receiving_a_large_argument) {
    if (bytes_read_by("self") == 0) GTEST_SKIP() << "this kernel does not count what processes read";
    process_pool pool{{.workers = 2}};
    const pid_t bystander = [&] {
        auto held = pool.submit(stay, there_.path(), release_.path());
        const pid_t pid = there_.next();
        held_ = std::move(held);
        return pid;
    }();
    const process_state state = look_at_this_process();
    const pid_t victim = outcome_of(pool.submit(own_pid));
    const std::size_t before = bytes_read_by(std::to_string(victim));
    auto lost = pool.submit({.label = "large"}, received, random_text(400 * mib), there_.path());
    ASSERT_TRUE(eventually([&] { return bytes_read_by(std::to_string(victim)) > before + mib; }));
    ASSERT_EQ(::kill(victim, SIGKILL), 0);
    const auto e = error_of<worker_died>(lost);
    EXPECT_EQ(e.pid(), victim);
    EXPECT_EQ(e.label(), "large");
    EXPECT_TRUE(there_.is_empty()) << "the kill came too late to mean anything, or the task ran again";
    EXPECT_EQ(outcome_of(pool.submit(received, random_text(mib), there_.path())), mib);
    there_.next();
    release_.open();
    EXPECT_EQ(outcome_of(held_), bystander);
    expect_works(pool);
    expect_back_to(state);
}

} // namespace
} // namespace penstock::test

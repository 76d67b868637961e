// SPDX-License-Identifier: MIT
// Tasks that no polite signal reaches: all signals blocked, or the process stopped, with a deadline and without; and the
// whole group frozen for longer than its deadlines.
#include "support/child_program.hpp"
#include "support/pool_test.hpp"

#include <chrono>
#include <csignal>
#include <thread>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

void block_all_signals_for_ever(const std::string& arrived) {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
    arrivals::announce(arrived);
    for (;;) ::pause();
}
pid_t stop_itself(const std::string& arrived) {
    arrivals::announce(arrived);
    ::raise(SIGSTOP);
    return ::getpid();
}

class process_pool_stopped : public pool_test {
protected:
    ~process_pool_stopped() override { expect_back_to(before_); }
    static bool is_stopped(pid_t pid) { return stat_of(pid).state == 'T'; }

    arrivals there_;
    process_state before_ = look_at_this_process();
};

TEST_F(process_pool_stopped, a_task_that_blocks_all_signals_is_killed_after_its_deadline) {
    process_pool pool{{.workers = 2, .grace = 30ms}};
    const auto all = wake_all(pool);
    const process_state state = look_at_this_process();
    auto deaf = pool.submit({.timeout = 30ms}, block_all_signals_for_ever, there_.path());
    const pid_t pid = there_.next();
    EXPECT_TRUE(all.contains(pid));
    error_of<task_timeout>(deaf);
    EXPECT_TRUE(eventually([&] { return !lives(pid); }));
    expect_works(pool);
    expect_back_to(state);
}

TEST_F(process_pool_stopped, a_task_that_is_stopped_is_killed_after_its_deadline) {
    process_pool pool{{.workers = 2, .grace = 30ms}};
    wake_all(pool);
    const process_state state = look_at_this_process();
    auto stopped = pool.submit({.timeout = 30ms}, stop_itself, there_.path());
    const pid_t pid = there_.next();
    error_of<task_timeout>(stopped);
    EXPECT_TRUE(eventually([&] { return !lives(pid); }));
    expect_works(pool);
    expect_back_to(state);
}

TEST_F(process_pool_stopped, without_a_deadline_a_stopped_task_goes_on_when_it_may) {
    process_pool pool{{.workers = 2}};
    wake_all(pool);
    const process_state state = look_at_this_process();
    auto stopped = pool.submit(stop_itself, there_.path());
    const pid_t pid = there_.next();
    ASSERT_TRUE(eventually([&] { return is_stopped(pid); }));
    for (int i = 0; i != 50; ++i) EXPECT_EQ(outcome_of(pool.submit(twice, i)), 2 * i); // by the other worker
    EXPECT_TRUE(is_stopped(pid));
    EXPECT_FALSE(stopped.ready());
    ASSERT_EQ(::kill(pid, SIGCONT), 0);
    EXPECT_EQ(outcome_of(stopped), pid);
    EXPECT_TRUE(wake_all(pool).contains(pid)) << "it was replaced";
    expect_back_to(state);
}

// As a container that is paused, or a laptop that sleeps with its clock running on.
TEST_F(process_pool_stopped, after_a_freeze_of_the_whole_group_not_all_deadlines_are_due_at_once) {
    constexpr auto deadline = 2'000ms;
    const gate release;
    child_program program("frozen", {release.path(), std::to_string(deadline.count())});
    program.wait_for("ready");
    ASSERT_EQ(::kill(-program.pid(), SIGSTOP), 0);
    const auto frozen_at = std::chrono::steady_clock::now();
    std::set<pid_t> all = children_of(program.pid());
    EXPECT_EQ(all.size(), 3u);
    all.insert(program.pid());
    for (const pid_t pid : all) EXPECT_TRUE(eventually([&] { return is_stopped(pid); })) << pid;
    release.open(); // two tasks could end at once, but for being frozen
    std::this_thread::sleep_until(frozen_at + deadline + 600ms); // the clock is what this is about
    ASSERT_EQ(::kill(-program.pid(), SIGCONT), 0);
    EXPECT_EQ(program.exit_status(), 0);
    EXPECT_EQ(program.output(), "ready\nvalue\nvalue\ntimeout\n");
}

} // namespace
} // namespace penstock::test

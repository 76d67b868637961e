// SPDX-License-Identifier: MIT
// What a task leaves behind in its worker's process must not reach the next task, nor the answer a file of the user's:
// blocked signals, another handler of the stop request, alarms, files in place of the worker's pipes.
#include "support/pool_test.hpp"
#include "support/stubborn_tasks.hpp"

#include <sys/syscall.h>
#include <sys/time.h>

#include <csignal>
#include <filesystem>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

void block_signals() {
    sigset_t all;
    sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
}
void ignore_stop_requests() { std::signal(SIGURG, SIG_IGN); }
void leave_an_alarm() { ::alarm(1000); }

bool hears_stop_requests() {
    sigset_t mask;
    struct sigaction action{};
    ::sigprocmask(SIG_SETMASK, nullptr, &mask);
    ::sigaction(SIGURG, nullptr, &action);
    return sigismember(&mask, SIGURG) == 0 && (action.sa_flags & SA_SIGINFO) != 0;
}
bool is_blocked(int signal) {
    sigset_t mask;
    ::sigprocmask(SIG_SETMASK, nullptr, &mask);
    return sigismember(&mask, signal) == 1;
}
bool has_an_alarm() {
    itimerval timer{};
    ::getitimer(ITIMER_REAL, &timer);
    return timer.it_value.tv_sec != 0 || timer.it_value.tv_usec != 0;
}
int put_files_in_place_of_the_pipes(const std::string& first, const std::string& second) {
    ::syscall(SYS_close_range, 3u, ~0u, 0u);
    const int a = ::open(first.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    const int b = ::open(second.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (a != 3 || b != 4) throw std::runtime_error("the files are not in place of the pipes");
    return 1;
}
int replace_the_result_pipe_beside_a_child(const std::string& arrived) {
    const pid_t child = ::fork();
    if (child == 0)
        for (;;) ::pause();
    const int nowhere = ::open("/dev/null", O_RDWR);
    ::dup2(nowhere, 4);
    ::close(nowhere);
    arrivals::announce(arrived, child);
    return 5;
}
/// What it opened has taken the place of the task pipe: the worker would wait there for ever.
int replace_the_task_pipe() {
    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0 || ::dup2(ends[0], 3) != 3) throw std::runtime_error("no pipe");
    return 6;
}

class process_pool_leftovers : public pool_test {
protected:
    process_pool pool_{{.workers = 1}};
};

TEST_F(process_pool_leftovers, blocked_signals_are_not_those_of_the_next_task) {
    outcome_of(pool_.submit(block_signals));
    EXPECT_TRUE(outcome_of(pool_.submit(hears_stop_requests)));
    EXPECT_FALSE(outcome_of(pool_.submit(is_blocked, SIGTERM)));
}

TEST_F(process_pool_leftovers, a_handler_of_the_stop_request_is_not_that_of_the_next_task) {
    outcome_of(pool_.submit(ignore_stop_requests));
    EXPECT_TRUE(outcome_of(pool_.submit(hears_stop_requests)));
}

TEST_F(process_pool_leftovers, the_next_task_hears_that_it_is_to_stop) {
    process_pool patient{{.workers = 1, .grace = 60s}};
    outcome_of(patient.submit(block_signals));
    const pid_t worker = outcome_of(patient.submit(own_pid));
    const arrivals there;
    error_of<task_timeout>(patient.submit({.timeout = 20ms}, obey, there.path()));
    EXPECT_EQ(outcome_of(patient.submit(own_pid)), worker) << "it had to be killed";
}

TEST_F(process_pool_leftovers, an_alarm_does_not_ring_in_the_next_task) {
    outcome_of(pool_.submit(leave_an_alarm));
    EXPECT_FALSE(outcome_of(pool_.submit(has_an_alarm)));
}

TEST_F(process_pool_leftovers, no_answer_is_written_into_the_users_files) {
    const silence quiet;
    const temporary_directory directory;
    const std::string first = directory.path() + "/first";
    const std::string second = directory.path() + "/second";
    error_of<worker_died>(pool_.submit(put_files_in_place_of_the_pipes, first, second));
    EXPECT_EQ(std::filesystem::file_size(first), 0u);
    EXPECT_EQ(std::filesystem::file_size(second), 0u);
    expect_works(pool_);
}

TEST_F(process_pool_leftovers, a_replaced_result_pipe_beside_a_child_that_holds_the_old_one) {
    const silence quiet;
    const arrivals there;
    auto lost = pool_.submit(replace_the_result_pipe_beside_a_child, there.path());
    const pid_t child = there.next();
    error_of<worker_died>(lost);
    EXPECT_TRUE(lives(child)) << "the test shows nothing when the child is gone";
    ::kill(child, SIGKILL);
    expect_works(pool_);
}

TEST_F(process_pool_leftovers, a_replaced_task_pipe) {
    const silence quiet;
    error_of<worker_died>(pool_.submit(replace_the_task_pipe));
    expect_works(pool_);
}

} // namespace
} // namespace penstock::test

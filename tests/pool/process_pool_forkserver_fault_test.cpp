// SPDX-License-Identifier: MIT
// start_method::forkserver under faults: a zygote that is killed, stopped or cannot be talked to, system calls that fail,
// descriptors that run out.
#include "pool/forkserver_fixture.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <atomic>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

// The n-th of certain calls fails.
const os::system_calls real = os::calls();
std::atomic<int> calls_left{0};
std::atomic<int> error_to_give{0};
bool fails() {
    if (--calls_left != 0) return false;
    errno = error_to_give;
    return true;
}
int failing_pipe2(int* ends, int flags) { return fails() ? -1 : real.pipe2(ends, flags); }
int failing_pidfd_open(pid_t pid, unsigned flags) { return fails() ? -1 : real.pidfd_open(pid, flags); }
int failing_open(const char* path, int flags) { return fails() ? -1 : real.open(path, flags); }
int failing_socketpair(int domain, int type, int protocol, int* ends) {
    return fails() ? -1 : real.socketpair(domain, type, protocol, ends);
}
ssize_t failing_sendmsg(int fd, const msghdr* message, int flags) { return fails() ? -1 : real.sendmsg(fd, message, flags); }
ssize_t failing_recvmsg(int fd, msghdr* message, int flags) { return fails() ? -1 : real.recvmsg(fd, message, flags); }
int failing_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* attributes,
                  char* const* argv, char* const* envp) {
    return fails() ? error_to_give.load() : real.posix_spawn(pid, path, actions, attributes, argv, envp);
}

TEST_F(process_pool_forkserver, a_dead_zygote_costs_the_running_tasks_and_is_replaced) {
    pool_options options = with_load(4, 7);
    options.on_event = events_.function();
    process_pool pool(options);
    std::vector<future<pid_t>> running;
    std::set<pid_t> workers;
    for (int i = 0; i != 4; ++i) running.push_back(pool.submit(stay, there_.path(), release_.path()));
    for (int i = 0; i != 4; ++i) workers.insert(there_.next());
    std::vector<future<int>> queued;
    for (int i = 0; i != 100; ++i) queued.push_back(pool.submit(twice, i));
    const pid_t first = zygote();
    EXPECT_EQ(::kill(first, SIGKILL), 0);
    for (auto& each : running) {
        const auto e = error_of<worker_died>(each);
        EXPECT_EQ(workers.count(e.pid()), 1u);
        expect_contains(e.what(), "zygote");
        expect_contains(e.what(), "signal 9");
    }
    for (int i = 0; i != 100; ++i) EXPECT_EQ(outcome_of(queued[static_cast<std::size_t>(i)]), 2 * i);
    expect_works(pool);
    EXPECT_EQ(outcome_of(pool.submit(seen)), 7);
    EXPECT_EQ(marks_.count(), 2u);
    EXPECT_NE(zygote(), first);
    EXPECT_EQ(pool.stats().respawns_died, 4u);
    EXPECT_EQ(events_.of(pool_event_kind::died).size(), 4u);
    EXPECT_TRUE(events_.of(pool_event_kind::fell_back).empty());
}

TEST_F(process_pool_forkserver, a_dead_zygote_of_idle_workers_costs_nothing) {
    process_pool pool(with_load(3, 7));
    for (int round = 1; round != 11; ++round) {
        EXPECT_EQ(wake_all(pool).size(), 3u);
        const pid_t dead = zygote();
        std::set<pid_t> workers = children_of(dead);
        EXPECT_EQ(::kill(dead, SIGKILL), 0);
        EXPECT_TRUE(eventually([&] { return std::none_of(workers.begin(), workers.end(), lives); }));
        EXPECT_EQ(outcome_of(pool.submit(seen)), 7);
    }
    EXPECT_EQ(marks_.count(), 11u);
}

TEST_F(process_pool_forkserver, a_stopped_zygote_does_not_keep_a_future_or_the_end_waiting) {
    pool_options options = with(2);
    options.grace = 50ms;
    process_pool pool(options);
    EXPECT_EQ(wake_all(pool).size(), 2u);
    held_task held = hold_one(pool);
    const pid_t stopped = zygote();
    EXPECT_EQ(::kill(stopped, SIGSTOP), 0);
    EXPECT_EQ(::kill(held.worker, SIGKILL), 0);
    const auto e = error_of<worker_died>(held.result); // how it ended, only the zygote could tell
    EXPECT_EQ(e.signal(), 0);
    EXPECT_EQ(e.exit_status(), -1);
    EXPECT_EQ(outcome_of(pool.submit(twice, 2)), 4); // by the other worker
    pool.shutdown();
    EXPECT_FALSE(lives(stopped));
}

TEST_F(process_pool_forkserver, ends_with_its_parent) {
    const pid_t parent = ::fork();
    if (parent == 0) {
        process_pool pool(with(3));
        std::vector<future<pid_t>> held;
        for (int i = 0; i != 2; ++i) held.push_back(pool.submit(stay, there_.path(), release_.path()));
        for (;;) ::pause();
    }
    std::set<pid_t> family{there_.next(), there_.next()};
    const pid_t forker = stat_of(*family.begin()).parent;
    EXPECT_EQ(stat_of(forker).parent, parent);
    family = children_of(forker);
    EXPECT_GE(family.size(), 2u); // the third may be on its way
    family.insert(forker);
    EXPECT_EQ(::kill(parent, SIGKILL), 0);
    EXPECT_EQ(::waitpid(parent, nullptr, 0), parent);
    EXPECT_TRUE(eventually([&] { return std::none_of(family.begin(), family.end(), lives); }));
}

TEST_F(process_pool_forkserver, any_call_that_fails_fails_the_start_or_is_made_good) {
    const auto try_all = [&](const char* name, auto os::system_calls::*call, auto failing, int error) {
        int n = 0;
        for (bool reached = true; reached && n != 200; expect_back_to(before_)) {
            calls_left = ++n;
            error_to_give = error;
            os::calls().*call = failing;
            try {
                process_pool pool(with(3));
                // A zygote that cannot be talked to is killed, and its workers with it.
                EXPECT_EQ(outcome_of(pool.submit({.retry = {.max_attempts = 3}}, twice, 2)), 4) << name << ' ' << n;
                expect_works(pool);
                kill_and_wait(outcome_of(pool.submit(own_pid)));
                expect_works(pool);
            } catch (const start_error& e) {
                EXPECT_EQ(e.code().value(), error) << name << ' ' << n;
            }
            os::calls() = real_;
            reached = calls_left <= 0;
        }
        EXPECT_GT(n, 1) << name << " was never called";
        EXPECT_LT(n, 200) << name;
    };
    try_all("pipe2", &os::system_calls::pipe2, failing_pipe2, EMFILE);
    try_all("pidfd_open", &os::system_calls::pidfd_open, failing_pidfd_open, EMFILE);
    try_all("open", &os::system_calls::open, failing_open, EMFILE);
    try_all("socketpair", &os::system_calls::socketpair, failing_socketpair, EMFILE);
    try_all("posix_spawn", &os::system_calls::posix_spawn, failing_spawn, EAGAIN);
}

TEST_F(process_pool_forkserver, a_zygote_that_cannot_be_talked_to_is_replaced) {
    pool_options options = with(3);
    options.start_timeout = 1s;
    for (const int error : {ENOBUFS, EPIPE})
        for (int n = 1; n <= 12; ++n) {
            calls_left = n;
            error_to_give = error;
            if (n % 2 == 0) os::calls().sendmsg = failing_sendmsg;
            else os::calls().recvmsg = failing_recvmsg;
            try {
                process_pool pool(options);
                EXPECT_EQ(outcome_of(pool.submit({.retry = {.max_attempts = 3}}, twice, 2)), 4) << "call " << n;
            } catch (const start_error& e) {
                EXPECT_EQ(e.code().value(), error) << "call " << n;
            }
            os::calls() = real_;
            expect_back_to(before_);
        }
}

TEST_F(process_pool_forkserver, when_descriptors_run_out_on_the_way_leaves_nothing_behind) {
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    std::vector<int> taken;
    const rlimit tight{200, limit.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    for (int fd = 0; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) taken.push_back(fd);
    for (int free = 0; free != 40; ++free) { // three workers need fewer
        try {
            process_pool pool(with(3));
            EXPECT_EQ(outcome_of(pool.submit(twice, 3)), 6) << free;
        } catch (const start_error& e) {
            EXPECT_EQ(e.code(), std::errc::too_many_files_open) << e.what();
        }
        ::close(taken.back());
        taken.pop_back();
    }
    process_pool pool(with(3));
    expect_works(pool);
    for (const int fd : taken) ::close(fd);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST_F(process_pool_forkserver, too_few_descriptors_are_named) {
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    const rlimit tight{100, limit.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    try {
        process_pool pool(with(50));
        ADD_FAILURE() << "the pool was made";
    } catch (const start_error& e) {
        expect_contains(e.what(), "210"); // 4 a worker, 8 for the pool, 2 for the zygote
    }
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

} // namespace
} // namespace penstock::test

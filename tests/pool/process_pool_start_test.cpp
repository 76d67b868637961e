// SPDX-License-Identifier: MIT
// Bad use and failing system calls when a pool starts or replaces a worker: a clear error, and nothing left behind.
#include "pool/reach.hpp"
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"

#include "os/system_calls.hpp"

#include <penstock/detail/process_role.hpp>
#include <penstock/init.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

namespace penstock::test {
namespace {

using os::system_calls;

system_calls real; // as it was before a test
std::atomic<int> calls_seen{0};
std::atomic<int> first_to_fail{0};
std::atomic<int> last_to_fail{0};
std::atomic<int> error_to_give{0};

/// Counts the call, and says whether this one is to fail; errno is set then.
bool is_to_fail() {
    const int call = ++calls_seen;
    if (call < first_to_fail || call > last_to_fail) return false;
    errno = error_to_give;
    return true;
}

struct faulty { // one function for every call of the table
    static int pipe2(int* ends, int flags) { return is_to_fail() ? -1 : real.pipe2(ends, flags); }
    static int epoll_create1(int flags) { return is_to_fail() ? -1 : real.epoll_create1(flags); }
    static int epoll_ctl(int set, int operation, int fd, epoll_event* event) {
        if (operation == EPOLL_CTL_ADD && is_to_fail()) return -1; // only this one needs memory
        return real.epoll_ctl(set, operation, fd, event);
    }
    static int eventfd(unsigned value, int flags) { return is_to_fail() ? -1 : real.eventfd(value, flags); }
    static int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                           const posix_spawnattr_t* attributes, char* const* argv, char* const* environment) {
        return is_to_fail() ? error_to_give.load() : real.posix_spawn(pid, path, actions, attributes, argv, environment);
    }
    static int pidfd_open(pid_t pid, unsigned flags) { return is_to_fail() ? -1 : real.pidfd_open(pid, flags); }
    static int open(const char* path, int flags) { return is_to_fail() ? -1 : real.open(path, flags); }
};

class process_pool_start : public pool_test {
protected:
    static constexpr int ever = 1'000'000;

    process_pool_start() { real = os::calls(); }
    ~process_pool_start() override {
        expect_back_to(before_);
        os::calls() = real;
    }

    /// From now on the calls number `first` to `last` (from 1) of the function that a test replaces fail.
    static void fail(int first, int last, int error) {
        calls_seen = 0;
        first_to_fail = first;
        last_to_fail = last;
        error_to_give = error;
    }
    void expect_start_error(int error, const std::string& place) {
        try {
            process_pool pool{{.workers = 3}};
            ADD_FAILURE() << "the pool was made all the same, " << place;
        } catch (const start_error& e) {
            EXPECT_EQ(e.code().value(), error) << place << ": " << e.what();
            EXPECT_FALSE(e.path().empty()) << place;
            EXPECT_NE(std::string(e.what()).find(e.path()), std::string::npos) << place << ": " << e.what();
        } catch (const std::exception& e) {
            ADD_FAILURE() << "another exception, " << place << ": " << e.what();
        }
        expect_back_to(before_);
    }
    /// Fails the k-th call alone, for every k that three workers need.
    void expect_start_error_at_every(int calls, int error) {
        for (int k = 1; k <= calls; ++k) {
            fail(k, k, error);
            expect_start_error(error, "call " + std::to_string(k));
        }
        fail(calls + 1, ever, error);
        process_pool pool{{.workers = 3}};
        EXPECT_EQ(outcome_of(pool.submit(twice, 2)), 4) << "there are more such calls than the test knows";
    }

    process_state before_ = look_at_this_process();
};

TEST_F(process_pool_start, before_init_says_what_to_do) {
    detail::this_process().initialized = false;
    try {
        process_pool pool{{.workers = 1}};
        ADD_FAILURE() << "a pool was made";
    } catch (const not_initialized& e) {
        EXPECT_NE(std::string(e.what()).find("penstock::init(argc, argv)"), std::string::npos) << e.what();
        EXPECT_NE(std::string(e.what()).find("penstock::main"), std::string::npos) << e.what();
    }
    detail::this_process().initialized = true;
}

TEST_F(process_pool_start, with_absurd_numbers_of_workers_is_refused) {
    for (const std::size_t workers : {std::size_t{65'537}, std::size_t{10'000'000}, static_cast<std::size_t>(-1)}) {
        try {
            process_pool pool{{.workers = workers}};
            ADD_FAILURE() << workers;
        } catch (const std::invalid_argument& e) {
            EXPECT_NE(std::string(e.what()).find(std::to_string(workers)), std::string::npos) << e.what();
        }
    }
}

TEST_F(process_pool_start, without_a_number_has_a_worker_for_every_cpu) {
    process_pool pool;
    EXPECT_EQ(pool.workers(), available_cpus());
    EXPECT_EQ(own_children().size(), before_.children + pool.workers());
}

TEST_F(process_pool_start, with_too_few_descriptors_names_both_numbers) {
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    const rlimit tight{100, limit.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    try {
        process_pool pool{{.workers = 50}};
        ADD_FAILURE() << "the pool was made";
    } catch (const start_error& e) {
        const std::string what = e.what();
        EXPECT_NE(what.find("100"), std::string::npos) << what;
        EXPECT_NE(what.find("208"), std::string::npos) << what; // 4 a worker, 8 for the pool
        EXPECT_EQ(e.code(), std::errc::too_many_files_open);
    }
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST_F(process_pool_start, so_many_descriptors_as_it_asks_for_are_enough) {
    if (with_address_sanitizer) GTEST_SKIP() << "UndefinedBehaviorSanitizer needs descriptors itself to look at memory";
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    const rlimit tight{200, limit.rlim_max};
    for (const start_method start : {start_method::spawn, start_method::forkserver})
        for (const std::size_t workers : std::array<std::size_t, 3>{1, 2, 5}) {
            const pool_options options{.workers = workers, .start = start};
            ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
            std::vector<int> taken;
            for (int fd = 0; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) taken.push_back(fd);
            // 0 to 2 are among them, and open. The lowest: a start moves those up that a worker's are to have.
            const auto free = static_cast<std::ptrdiff_t>(pool::descriptors_needed(options, workers) - 3);
            std::for_each(taken.begin(), taken.begin() + free, ::close);
            taken.erase(taken.begin(), taken.begin() + free);
            {
                process_pool pool(options);
                EXPECT_EQ(outcome_of(pool.submit(twice, 3)), 6) << workers;
            }
            for (const int fd : taken) ::close(fd);
            ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
        }
}

TEST_F(process_pool_start, when_descriptors_run_out_on_the_way_leaves_nothing_behind) {
    if (with_address_sanitizer) GTEST_SKIP() << "UndefinedBehaviorSanitizer needs descriptors itself to look at memory";
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    std::vector<int> taken;
    const rlimit tight{200, limit.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    for (int fd = 0; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) taken.push_back(fd);
    for (int free = 0; free != 40; ++free) { // three workers need fewer
        try {
            process_pool pool{{.workers = 3}};
            EXPECT_EQ(outcome_of(pool.submit(twice, 3)), 6);
        } catch (const start_error& e) {
            EXPECT_EQ(e.code(), std::errc::too_many_files_open) << e.what();
        }
        ::close(taken.back());
        taken.pop_back();
    }
    process_pool pool{{.workers = 3}};
    EXPECT_EQ(outcome_of(pool.submit(twice, 3)), 6);
    for (const int fd : taken) ::close(fd);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST_F(process_pool_start, posix_spawn_fails) {
    os::calls().posix_spawn = faulty::posix_spawn;
    for (const int error : {ENOENT, EAGAIN, ENOMEM, EACCES}) expect_start_error_at_every(3, error);
}

TEST_F(process_pool_start, pipe2_fails) { // one pair to try packet mode, a pair for each worker
    os::calls().pipe2 = faulty::pipe2;
    for (const int error : {EMFILE, ENFILE}) expect_start_error_at_every(8, error);
}

TEST_F(process_pool_start, epoll_and_eventfd_fail) {
    os::calls().epoll_create1 = faulty::epoll_create1;
    expect_start_error_at_every(1, EMFILE);
    os::calls() = real;
    os::calls().eventfd = faulty::eventfd;
    expect_start_error_at_every(1, EMFILE);
}

TEST_F(process_pool_start, the_poller_refuses_a_descriptor) { // the wake-up, and three descriptors of each worker
    os::calls().epoll_ctl = faulty::epoll_ctl;
    for (const int error : {ENOSPC, ENOMEM}) expect_start_error_at_every(10, error);
}

TEST_F(process_pool_start, works_without_pidfd_open) {
    os::calls().pidfd_open = faulty::pidfd_open;
    fail(1, ever, ENOSYS);
    process_pool pool{{.workers = 2}};
    for (const pid_t pid : wake_all(pool)) kill_and_wait(pid);
    expect_works(pool);
}

// Without /proc unread packets cannot be taken back: a worker has one task at a time then.
TEST_F(process_pool_start, works_without_a_read_end_of_its_own) {
    os::calls().open = faulty::open;
    fail(1, ever, ENOENT);
    process_pool pool{{.workers = 2}};
    for (int round = 0; round != 5; ++round) {
        std::vector<future<int>> all;
        for (int i = 0; i != 300; ++i) all.push_back(pool.submit(twice, i));
        for (int i = 0; i != 300; ++i) EXPECT_EQ(outcome_of(all[static_cast<std::size_t>(i)]), 2 * i);
        kill_and_wait(outcome_of(pool.submit(own_pid)));
    }
    expect_works(pool);
}

TEST_F(process_pool_start, a_replacement_that_fails_for_a_while_is_tried_again) {
    os::calls().posix_spawn = faulty::posix_spawn;
    fail(3, 5, EAGAIN);
    process_pool pool{{.workers = 2}};
    kill_and_wait(*wake_all(pool).begin());
    EXPECT_TRUE(eventually([] { return calls_seen >= 6; })) << "the worker was not started again";
    expect_works(pool);
}

TEST_F(process_pool_start, a_replacement_whose_descriptors_fail_for_a_while_is_tried_again) {
    os::calls().pipe2 = faulty::pipe2;
    fail(7, 9, EMFILE);
    process_pool pool{{.workers = 2}};
    kill_and_wait(*wake_all(pool).begin());
    EXPECT_TRUE(eventually([] { return calls_seen >= 11; })) << "the worker was not started again";
    expect_works(pool);
}

TEST_F(process_pool_start, a_replacement_that_cannot_be_watched_for_a_while_is_tried_again) {
    os::calls().epoll_ctl = faulty::epoll_ctl;
    fail(8, 10, ENOSPC);
    process_pool pool{{.workers = 2}};
    kill_and_wait(*wake_all(pool).begin());
    EXPECT_TRUE(eventually([] { return calls_seen >= 13; })) << "the worker was not started again";
    expect_works(pool);
}

TEST_F(process_pool_start, replacements_that_always_fail_break_the_pool_with_the_causes) {
    os::calls().posix_spawn = faulty::posix_spawn;
    fail(2, ever, ENOENT);
    process_pool pool{{.workers = 1}};
    kill_and_wait(outcome_of(pool.submit(own_pid)));
    auto never = pool.submit(twice, 1);
    const auto e = error_of<pool_broken>(never);
    ASSERT_GE(e.causes().size(), 6u);
    EXPECT_NE(e.causes().front().find("No such file"), std::string::npos) << e.causes().front();
    EXPECT_THROW(pool.submit(twice, 1).get(), pool_broken);
}

TEST_F(process_pool_start, a_future_used_twice_throws_no_state) {
    process_pool pool{{.workers = 1}};
    auto f = pool.submit(twice, 1);
    EXPECT_EQ(outcome_of(f), 2);
    try {
        static_cast<void>(f.get());
        ADD_FAILURE() << "a second get() gave a value";
    } catch (const std::future_error& e) {
        EXPECT_EQ(e.code(), std::future_errc::no_state);
    }
    EXPECT_THROW(f.wait(), std::future_error);
    EXPECT_THROW(static_cast<void>(f.cancel()), std::future_error);
}

TEST_F(process_pool_start, works_while_sigchld_is_ignored) {
    const auto usual = std::signal(SIGCHLD, SIG_IGN);
    {
        process_pool pool{{.workers = 2}};
        for (const pid_t pid : wake_all(pool)) kill_and_wait(pid);
        expect_works(pool);
        const arrivals there;
        const gate release;
        auto held = pool.submit(stay, there.path(), release.path());
        kill_and_wait(there.next());
        const auto e = error_of<worker_died>(held);
        EXPECT_EQ(e.signal(), 0);
        EXPECT_EQ(e.exit_status(), -1);
        EXPECT_NE(std::string(e.what()).find("SIGCHLD"), std::string::npos) << e.what();
    }
    EXPECT_TRUE(own_children().empty());
    std::signal(SIGCHLD, usual);
}

} // namespace
} // namespace penstock::test

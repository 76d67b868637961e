// SPDX-License-Identifier: MIT
// pool_options.limits: each one is in force in every worker, and contains there what goes beyond it.
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"

#include <penstock/thread_pool.hpp>

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <new>
#include <utility>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;
using limit_pair = std::pair<std::uint64_t, std::uint64_t>;

constexpr std::uint64_t four_gib = std::uint64_t{4} << 30;

class process_pool_limits : public pool_test {};

/// Soft and hard.
limit_pair limit_of(int resource) {
    rlimit found{};
    if (::getrlimit(static_cast<decltype(RLIMIT_AS)>(resource), &found) != 0) throw std::runtime_error("getrlimit");
    return {found.rlim_cur, found.rlim_max};
}
limit_pair both(std::uint64_t value) { return {value, value}; }

int nice_value() { return ::getpriority(PRIO_PROCESS, 0); }

bool can_allocate(std::uint64_t bytes) {
    ::operator delete(::operator new(bytes));
    return true;
}

[[noreturn]] void burn_processor_time(bool ignore_the_signal) {
    if (ignore_the_signal) std::signal(SIGXCPU, SIG_IGN);
    volatile bool on = true;
    while (on) {}
    throw std::logic_error("on was never changed");
}

/// How many more descriptors there are until the first error, and that error.
std::pair<int, int> open_many() {
    std::vector<int> opened;
    int fd = -1;
    while (opened.size() < 1000 && (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0) opened.push_back(fd);
    const int error = errno;
    for (const int each : opened) ::close(each);
    return {static_cast<int>(opened.size()), error};
}

void expect_open_files(std::uint64_t value) {
    if (limit_of(RLIMIT_NOFILE) != both(value)) throw std::runtime_error("the initializer runs without the limit");
}

/// What the pool is broken by; it may be known before the first task is submitted.
pool_broken breakdown_of(process_pool& pool) {
    try {
        return error_of<pool_broken>(pool.submit(twice, 1));
    } catch (const pool_broken& known) {
        return known;
    }
}

/// Whether this process may make itself more important.
bool may_lower_nice() {
    const pid_t pid = ::fork();
    if (pid == 0) {
        errno = 0;
        ::_exit(::nice(-1) == -1 && errno != 0 ? 1 : 0);
    }
    int status = -1;
    return pid > 0 && ::waitpid(pid, &status, 0) == pid && status == 0;
}

TEST_F(process_pool_limits, without_any_workers_have_those_of_this_process) {
    process_pool pool({.workers = 1});
    for (const int resource : {int{RLIMIT_AS}, int{RLIMIT_CPU}, int{RLIMIT_NOFILE}, int{RLIMIT_CORE}})
        EXPECT_EQ(outcome_of(pool.submit(limit_of, resource)), limit_of(resource)) << resource;
    EXPECT_EQ(outcome_of(pool.submit(nice_value)), nice_value());
}

TEST_F(process_pool_limits, are_in_force_in_every_worker_and_only_there) {
    const auto own = limit_of(RLIMIT_NOFILE);
    process_pool pool({.workers = 2, .limits = {.cpu_time = 1000s, .open_files = 64}});
    for (const pid_t first : wake_all(pool)) kill_and_wait(first); // replacements have them as well
    for (auto& found : pool.broadcast(limit_of, int{RLIMIT_NOFILE})) EXPECT_EQ(outcome_of(found), both(64));
    for (auto& found : pool.broadcast(limit_of, int{RLIMIT_CPU})) EXPECT_EQ(outcome_of(found), limit_pair(1000, 1001));
    EXPECT_EQ(limit_of(RLIMIT_NOFILE), own);
}

TEST_F(process_pool_limits, hold_for_the_initializer) {
    process_pool pool({.workers = 1, .initializer = call(expect_open_files, std::uint64_t{64}), .limits = {.open_files = 64}});
    EXPECT_EQ(outcome_of(pool.submit(twice, 4)), 8);
}

TEST_F(process_pool_limits, address_space_ends_in_bad_alloc) {
    if (with_sanitizer) GTEST_SKIP() << "sanitizers reserve terabytes of address space";
    process_pool pool({.workers = 1, .limits = {.address_space = four_gib}});
    EXPECT_EQ(outcome_of(pool.submit(limit_of, int{RLIMIT_AS})), both(four_gib));
    EXPECT_TRUE(outcome_of(pool.submit(can_allocate, std::uint64_t{1} << 20)));
    const pid_t worker = outcome_of(pool.submit(own_pid));
    EXPECT_THROW(outcome_of(pool.submit(can_allocate, 2 * four_gib)), std::bad_alloc);
    EXPECT_EQ(outcome_of(pool.submit(own_pid)), worker) << "an exception, and no reason to replace the worker";
}

TEST_F(process_pool_limits, cpu_time_ends_its_worker_alone) {
    const auto before = look_at_this_process();
    {
        process_pool pool({.workers = 2, .limits = {.cpu_time = 1s}});
        auto endless = pool.submit({.label = "endless"}, burn_processor_time, false);
        for (int i = 0; i != 20; ++i) EXPECT_EQ(outcome_of(pool.submit(twice, i)), 2 * i);
        const auto died = error_of<worker_died>(endless);
        EXPECT_EQ(died.signal(), SIGXCPU);
        EXPECT_NE(died.hint().find("limits.cpu_time"), std::string::npos) << died.hint();
        expect_works(pool);
    }
    expect_back_to(before);
}

TEST_F(process_pool_limits, cpu_time_ends_a_worker_that_ignores_the_signal) {
    process_pool pool({.workers = 1, .limits = {.cpu_time = 1s}});
    EXPECT_EQ(error_of<worker_died>(pool.submit(burn_processor_time, true)).signal(), SIGKILL);
    expect_works(pool);
}

TEST_F(process_pool_limits, open_files_ends_in_emfile) {
    process_pool pool({.workers = 1, .limits = {.open_files = 32}});
    const auto [opened, error] = outcome_of(pool.submit(open_many));
    EXPECT_EQ(error, EMFILE);
    EXPECT_GT(opened, 0);
    EXPECT_LE(opened, 32 - 5) << "a worker itself has five";
    expect_works(pool);
}

/// Not with pool_test, which takes the right to any core file from the whole program.
TEST(process_pool_core_size, of_zero_is_a_limit) {
    const hang_guard guard;
    const rlimit some{4096, 4096};
    if (::setrlimit(RLIMIT_CORE, &some) != 0) GTEST_SKIP() << "may not raise RLIMIT_CORE of " << limit_of(RLIMIT_CORE).second;
    process_pool pool({.workers = 1, .limits = {.core_size = 0}});
    EXPECT_EQ(outcome_of(pool.submit(limit_of, int{RLIMIT_CORE})), both(0));
    EXPECT_EQ(limit_of(RLIMIT_CORE), both(4096));
}

TEST_F(process_pool_limits, nice_is_added) {
    const int own = nice_value();
    if (own >= 19) GTEST_SKIP() << "this process has the highest nice value already";
    process_pool pool({.workers = 1, .limits = {.nice = 1}});
    EXPECT_EQ(outcome_of(pool.submit(nice_value)), own + 1);
    EXPECT_EQ(nice_value(), own);
}

TEST_F(process_pool_limits, nice_goes_down_only_with_the_privilege) {
    const int own = nice_value();
    if (own <= -20) GTEST_SKIP() << "this process has the lowest nice value already";
    const bool may = may_lower_nice();
    process_pool pool({.workers = 1, .limits = {.nice = -1}});
    if (may) {
        EXPECT_EQ(outcome_of(pool.submit(nice_value)), own - 1);
    } else {
        const std::string what = breakdown_of(pool).what();
        EXPECT_NE(what.find("nice(-1) failed"), std::string::npos) << what;
    }
}

TEST_F(process_pool_limits, one_that_cannot_be_set_breaks_the_pool_and_says_which) {
    const auto before = look_at_this_process();
    {
        constexpr std::uint64_t beyond_the_kernels_own = std::uint64_t{1} << 40; // fs.nr_open, for root too
        process_pool pool({.workers = 2, .limits = {.open_files = beyond_the_kernels_own}});
        const auto broken = breakdown_of(pool);
        const std::string what = broken.what();
        EXPECT_NE(what.find("pool_options.limits"), std::string::npos) << what;
        EXPECT_NE(what.find("setrlimit(RLIMIT_NOFILE, 1099511627776) failed: Operation not permitted"), std::string::npos)
            << what;
        EXPECT_FALSE(broken.causes().empty());
        EXPECT_THROW(pool.submit(twice, 1).get(), pool_broken);
    }
    expect_back_to(before);
}

TEST_F(process_pool_limits, nonsense_is_refused) {
    EXPECT_THROW(process_pool({.workers = 1, .limits = {.cpu_time = -1s}}), std::invalid_argument);
}

TEST(thread_pool_limits, are_refused) {
    EXPECT_THROW(thread_pool({.workers = 1, .limits = {.core_size = 0}}), std::invalid_argument);
    EXPECT_THROW(thread_pool({.workers = 1, .limits = {.nice = 0}}), std::invalid_argument);
}

} // namespace
} // namespace penstock::test

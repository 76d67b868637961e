// SPDX-License-Identifier: MIT
// The fixture of the process pool's tests: ends a test that hangs, writes no core files, and knows a few tasks.
#pragma once

#include "gate.hpp"
#include "support/arrivals.hpp"
#include "support/invariants.hpp"
#include "support/waiting.hpp"

#include <penstock/process_pool.hpp>

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace penstock::test {

class pool_test : public testing::Test {
protected:
    pool_test() {
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_CORE, &none);
        std::thread([] {}).join(); // ThreadSanitizer starts a thread of its own with the first one, and counts for ever
    }

private:
    hang_guard guard_;
};

// Tasks.
inline int twice(int x) { return 2 * x; }
inline pid_t own_pid() { return ::getpid(); }
inline void do_nothing() {}
/// Says where it runs, and ends when the gate opens.
inline pid_t stay(const std::string& arrived, const std::string& gate) {
    arrivals::announce(arrived);
    gate::wait(gate);
    return ::getpid();
}

/// Waits until all workers of the pool are at work at the same time; their pids.
inline std::set<pid_t> wake_all(process_pool& pool) {
    const arrivals there;
    const gate release;
    std::vector<future<pid_t>> held;
    for (std::size_t i = 0; i != pool.workers(); ++i) held.push_back(pool.submit(stay, there.path(), release.path()));
    std::set<pid_t> pids;
    for (std::size_t i = 0; i != pool.workers(); ++i) pids.insert(there.next());
    release.open();
    for (auto& each : held) static_cast<void>(outcome_of(each));
    return pids;
}

/// An idle worker that was only sent the signal may still take a task with its last breath; a dead one cannot.
inline void kill_and_wait(pid_t pid) {
    EXPECT_EQ(::kill(pid, SIGKILL), 0);
    EXPECT_TRUE(eventually([&] { return !lives(pid); }));
}

/// Every worker answers.
inline void expect_works(process_pool& pool) {
    std::vector<future<int>> all;
    for (int i = 0; i != 20; ++i) all.push_back(pool.submit(twice, i));
    for (int i = 0; i != 20; ++i) EXPECT_EQ(outcome_of(all[static_cast<std::size_t>(i)]), 2 * i);
    EXPECT_EQ(wake_all(pool).size(), pool.workers());
}

/// While it lives, what this process and the workers it starts write to standard output and error goes nowhere.
class silence {
public:
    silence() {
        const int nothing = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
        ::dup2(nothing, STDOUT_FILENO);
        ::dup2(nothing, STDERR_FILENO);
        ::close(nothing);
    }
    ~silence() {
        ::dup2(out_, STDOUT_FILENO);
        ::dup2(error_, STDERR_FILENO);
        ::close(out_);
        ::close(error_);
    }
    silence(const silence&) = delete;
    silence& operator=(const silence&) = delete;

private:
    int out_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    int error_ = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
};

} // namespace penstock::test

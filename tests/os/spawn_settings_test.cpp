// SPDX-License-Identifier: MIT
// What a child inherits of the thread that starts it: nothing that thread has changed for itself.
#include "os/spawn_settings.hpp"

#include "os/cpu_affinity.hpp"
#include "test_tools.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <csignal>
#include <fstream>
#include <string>
#include <thread>

namespace penstock::os {
namespace {

const std::string no_signal = "0000000000000000";

std::string own_status(const std::string& field) {
    std::ifstream status{"/proc/self/status"};  // of the main thread, whoever reads it
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(field + ':')) return line + "\n";
    }
    return {};
}

std::string childs_status(const std::string& field) {
    return test::report_of("exec grep '^" + field + ":' /proc/self/status >&4");
}

TEST(spawn_settings, the_child_blocks_no_signal) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, &all, &before), 0);
    const std::string blocked = childs_status("SigBlk");
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    EXPECT_EQ(blocked, "SigBlk:\t" + no_signal + "\n");
}

TEST(spawn_settings, the_child_ignores_no_signal) {
    EXPECT_EQ(0, test::in_fork([] {
                  const int ignored[] = {SIGPIPE, SIGINT, SIGTERM, SIGURG, SIGRTMIN, SIGRTMIN + 5, SIGRTMAX};
                  for (const int signal : ignored) ::signal(signal, SIG_IGN);
                  if (own_status("SigIgn").find(no_signal) != std::string::npos) return 1;
                  return childs_status("SigIgn") == "SigIgn:\t" + no_signal + "\n" ? 0 : 2;
              }));
}

TEST(spawn_settings, the_child_runs_on_the_cpus_of_the_process) {
    const cpu_affinity process = cpu_affinity::of(::getpid());
    if (process.count() < 2)
        GTEST_SKIP() << "one CPU only: a pinned thread is not different from the process";
    std::string in_child;
    unsigned pinned_before = 0;
    unsigned pinned_after = 0;
    std::thread pinned{[&] {
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(static_cast<unsigned>(::sched_getcpu()), &one);
        ::sched_setaffinity(0, sizeof one, &one);
        pinned_before = cpu_affinity::of(0).count();
        in_child = childs_status("Cpus_allowed_list");
        pinned_after = cpu_affinity::of(0).count();
    }};
    pinned.join();
    EXPECT_EQ(in_child, own_status("Cpus_allowed_list"));
    EXPECT_EQ(pinned_before, 1U);
    EXPECT_EQ(pinned_after, 1U);
}

}  // namespace
}  // namespace penstock::os

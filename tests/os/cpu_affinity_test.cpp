// SPDX-License-Identifier: MIT
#include "os/cpu_affinity.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <system_error>
#include <thread>

namespace penstock::os {
namespace {

TEST(cpu_affinity, counts_what_the_kernel_counts) {
    cpu_set_t mine;
    ASSERT_EQ(::sched_getaffinity(0, sizeof mine, &mine), 0) << "more than 1024 CPUs";
    EXPECT_EQ(cpu_affinity::of(0).count(), static_cast<unsigned>(CPU_COUNT(&mine)));
    EXPECT_EQ(cpu_affinity::of(0), cpu_affinity::of(::getpid()));
}

TEST(cpu_affinity, can_be_applied_and_compared) {
    const cpu_affinity whole = cpu_affinity::of(0);
    std::thread other{[&] {  // a thread of its own: the test's stays as it is
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(static_cast<unsigned>(::sched_getcpu()), &one);
        ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
        const cpu_affinity pinned = cpu_affinity::of(0);
        EXPECT_EQ(pinned.count(), 1U);
        EXPECT_EQ(pinned == whole, whole.count() == 1);
        EXPECT_TRUE(whole.apply_to_this_thread());
        EXPECT_EQ(cpu_affinity::of(0), whole);
    }};
    other.join();
}

TEST(cpu_affinity, an_unknown_thread_is_an_error) { EXPECT_THROW(cpu_affinity::of(-1), std::system_error); }

}  // namespace
}  // namespace penstock::os

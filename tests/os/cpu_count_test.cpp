// SPDX-License-Identifier: MIT
#include "os/cpu_count.hpp"

#include "os/cpu_affinity.hpp"
#include "test_tools.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace penstock::os {
namespace {

// A made-up machine: the files that the kernel would show, below a directory of its own.
class cpu_count : public testing::Test {
protected:
    cpu_count() {
        std::string name = (std::filesystem::temp_directory_path() / "penstock-cpu-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
        root_ = name;
    }
    ~cpu_count() override { std::filesystem::remove_all(root_); }

    void put(const std::string& path, const std::string& text) const {
        const std::filesystem::path file = root_ + path;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream{file} << text;
    }
    [[nodiscard]] std::optional<unsigned> limit() const { return cgroup_cpu_limit(root_); }

    void mount_v2(const std::string& seen = "/") const {
        put("/proc/self/mountinfo",
            "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
            "31 23 0:28 " +
                seen + " /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n");
    }
    void mount_v1(const std::string& seen = "/") const {
        put("/proc/self/mountinfo",
            "33 31 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
            "32 31 0:29 " +
                seen + " /sys/fs/cgroup/cpu,cpuacct rw master:9 - cgroup cgroup rw,cpu,cpuacct\n");
    }

    std::string root_;
};

TEST_F(cpu_count, nothing_readable_is_no_limit) { EXPECT_EQ(limit(), std::nullopt); }

TEST_F(cpu_count, version_2_rounds_up) {
    mount_v2();
    put("/proc/self/cgroup", "0::/app\n");
    put("/sys/fs/cgroup/app/cpu.max", "150000 100000\n");
    EXPECT_EQ(limit(), 2U);
    put("/sys/fs/cgroup/app/cpu.max", "200000 100000\n");
    EXPECT_EQ(limit(), 2U);
    put("/sys/fs/cgroup/app/cpu.max", "200001 100000\n");
    EXPECT_EQ(limit(), 3U);
    put("/sys/fs/cgroup/app/cpu.max", "1000 100000\n");
    EXPECT_EQ(limit(), 1U);
}

TEST_F(cpu_count, version_2_max_is_no_limit) {
    mount_v2();
    put("/proc/self/cgroup", "0::/app\n");
    put("/sys/fs/cgroup/app/cpu.max", "max 100000\n");
    EXPECT_EQ(limit(), std::nullopt);
}

TEST_F(cpu_count, the_smallest_on_the_way_up_wins) {
    mount_v2();
    put("/proc/self/cgroup", "0::/a/b/c\n");
    put("/sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n");
    put("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    put("/sys/fs/cgroup/a/cpu.max", "300000 100000\n");
    put("/sys/fs/cgroup/a/other/cpu.max", "100000 100000\n");  // a neighbour's
    EXPECT_EQ(limit(), 3U);
    put("/sys/fs/cgroup/cpu.max", "200000 100000\n");  // of a container, whose root is a group of the host
    EXPECT_EQ(limit(), 2U);
}

TEST_F(cpu_count, version_1_reads_quota_and_period) {
    mount_v1();
    put("/proc/self/cgroup", "9:name=systemd:/app\n4:cpu,cpuacct:/app\n3:cpuset:/elsewhere\n");
    put("/sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_period_us", "50000\n");
    put("/sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_quota_us", "-1\n");
    EXPECT_EQ(limit(), std::nullopt);
    put("/sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_quota_us", "120000\n");
    EXPECT_EQ(limit(), 3U);
}

TEST_F(cpu_count, a_mount_that_shows_only_our_group) {  // Docker without a namespace for cgroups
    mount_v1("/docker/7c2");
    put("/proc/self/cgroup", "4:cpu,cpuacct:/docker/7c2\n");
    put("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    put("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "400000\n");
    EXPECT_EQ(limit(), 4U);
    put("/proc/self/cgroup", "4:cpu,cpuacct:/docker/7c2/inner\n");
    put("/sys/fs/cgroup/cpu,cpuacct/inner/cpu.cfs_period_us", "100000\n");
    put("/sys/fs/cgroup/cpu,cpuacct/inner/cpu.cfs_quota_us", "100000\n");
    EXPECT_EQ(limit(), 1U);
}

TEST_F(cpu_count, a_similar_name_is_not_our_mount) {
    mount_v2("/docker/7c");
    put("/proc/self/cgroup", "0::/docker/7c2\n");
    put("/sys/fs/cgroup/2/cpu.max", "100000 100000\n");  // where a careless prefix would look
    put("/sys/fs/cgroup/cpu.max", "500000 100000\n");
    EXPECT_EQ(limit(), 5U);
}

TEST_F(cpu_count, a_group_outside_of_the_namespace_uses_the_mount_point) {
    mount_v2();
    put("/proc/self/cgroup", "0::/../../app\n");
    put("/sys/fs/cgroup/cpu.max", "600000 100000\n");
    put("/sys/app/cpu.max", "100000 100000\n");
    EXPECT_EQ(limit(), 6U);
}

TEST_F(cpu_count, both_versions_at_once) {
    put("/proc/self/mountinfo",
        "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
        "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
    put("/proc/self/cgroup", "1:cpu:/one\n0::/two\n");
    put("/sys/fs/cgroup/cpu/one/cpu.cfs_period_us", "100000\n");
    put("/sys/fs/cgroup/cpu/one/cpu.cfs_quota_us", "700000\n");
    EXPECT_EQ(limit(), 7U);
    put("/sys/fs/cgroup/unified/two/cpu.max", "200000 100000\n");
    EXPECT_EQ(limit(), 2U);
}

TEST_F(cpu_count, mount_points_may_hold_blanks) {
    put("/proc/self/mountinfo", "31 23 0:28 / /my\\040groups rw - cgroup2 cgroup2 rw\n");
    put("/proc/self/cgroup", "0::/\n");
    put("/my groups/cpu.max", "300000 100000\n");
    EXPECT_EQ(limit(), 3U);
}

TEST_F(cpu_count, nonsense_is_no_limit) {
    mount_v2();
    put("/proc/self/cgroup", "0::/app\n:\nnothing\n");
    for (const char* text : {"", "x y\n", "100000\n", "100000 0\n", "-5 100000\n", "0 100000\n"}) {
        put("/sys/fs/cgroup/app/cpu.max", text);
        EXPECT_EQ(limit(), std::nullopt) << '"' << text << '"';
    }
    put("/sys/fs/cgroup/app/cpu.max", "9223372036854775807 1\n");
    EXPECT_GT(limit(), 1000U);
}

TEST(available_cpus, is_within_the_affinity) {
    EXPECT_GE(available_cpus(), 1U);
    EXPECT_LE(available_cpus(), cpu_affinity::of(0).count());
}

TEST(available_cpus, follows_the_affinity) {
    EXPECT_EQ(0, test::in_fork([] {
                  cpu_set_t one;
                  CPU_ZERO(&one);
                  CPU_SET(static_cast<unsigned>(::sched_getcpu()), &one);
                  if (::sched_setaffinity(0, sizeof one, &one) != 0) return 1;
                  return available_cpus() == 1 ? 0 : 2;
              }));
}

}  // namespace
}  // namespace penstock::os

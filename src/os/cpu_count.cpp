// SPDX-License-Identifier: MIT
#include "os/cpu_count.hpp"

#include "os/cpu_affinity.hpp"
#include "os/memory_map.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>
#include <vector>

namespace penstock::os {
namespace {

using limit = std::optional<unsigned>;

struct cgroup_mount {
    std::string root;   // the cgroup that is seen there (a container may see only its own)
    std::string point;  // where it is seen
};

limit smaller(limit a, limit b) {
    if (!a || !b) return a ? a : b;
    return std::min(*a, *b);
}

limit whole_cpus(long long quota, long long period) {
    if (quota <= 0 || period <= 0) return std::nullopt;
    constexpr long long most = 1 << 20;
    return static_cast<unsigned>(std::clamp<long long>((quota - 1) / period + 1, 1, most));
}

std::string first_line(const std::string& path) {
    std::ifstream file{path};
    std::string line;
    std::getline(file, line);
    return line;
}

// cpu.max is "max 100000" or "150000 100000": microseconds of CPU in each period.
limit limit_v2(const std::string& directory) {
    std::istringstream line{first_line(directory + "/cpu.max")};
    long long quota = 0;
    long long period = 0;
    return line >> quota >> period ? whole_cpus(quota, period) : std::nullopt;
}

limit limit_v1(const std::string& directory) {
    std::istringstream line{first_line(directory + "/cpu.cfs_quota_us") + ' ' +
                            first_line(directory + "/cpu.cfs_period_us")};
    long long quota = 0;  // -1 when there is none
    long long period = 0;
    return line >> quota >> period ? whole_cpus(quota, period) : std::nullopt;
}

bool lists(const std::string& commas, const std::string& word) {
    return (',' + commas + ',').find(',' + word + ',') != std::string::npos;
}

// "36 35 0:31 /group /sys/fs/cgroup/cpu rw,nosuid master:1 - cgroup cgroup rw,cpu,cpuacct"
std::vector<cgroup_mount> cgroup_mounts(const std::string& root, const std::string& type) {
    std::vector<cgroup_mount> result;
    std::ifstream file{root + "/proc/self/mountinfo"};
    for (std::string line; std::getline(file, line);) {
        const std::size_t dash = line.find(" - ");
        if (dash == std::string::npos) continue;
        std::istringstream before{line.substr(0, dash)};
        std::istringstream after{line.substr(dash + 3)};
        std::string id, parent, device, seen, point, kind, source, options;
        if (!(before >> id >> parent >> device >> seen >> point) || !(after >> kind >> source >> options))
            continue;
        if (kind != type || (type == "cgroup" && !lists(options, "cpu"))) continue;
        result.push_back({without_escapes(seen), root + without_escapes(point)});
    }
    return result;
}

// Lines of /proc/self/cgroup: "0::/user.slice" for version 2, "4:cpu,cpuacct:/docker/7c2" for version 1.
std::string own_cgroup(const std::string& root, bool version_2) {
    std::ifstream file{root + "/proc/self/cgroup"};
    for (std::string line; std::getline(file, line);) {
        const std::size_t first = line.find(':');
        if (first == std::string::npos) continue;
        const std::size_t second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const bool wanted = version_2 ? line.starts_with("0::") : lists(controllers, "cpu");
        if (wanted) return line.substr(second + 1);
    }
    return {};
}

// Our cgroup below the mount point; empty (the mount point itself) when we are at or outside of what is
// mounted.
std::string path_below(const cgroup_mount& mount, const std::string& group) {
    if (group.find("/..") != std::string::npos) return {};  // outside of the cgroup namespace
    const std::string prefix = mount.root == "/" ? "" : mount.root;
    if (!group.starts_with(prefix)) return {};
    const std::string rest = group.substr(prefix.size());
    return rest.starts_with('/') && rest != "/" ? rest : std::string{};
}

limit limit_of_tree(const std::string& root, const std::string& type, limit (*read)(const std::string&)) {
    const std::string group = own_cgroup(root, type == "cgroup2");
    if (group.empty()) return std::nullopt;
    limit smallest;
    for (const cgroup_mount& mount : cgroup_mounts(root, type)) {
        std::string path = path_below(mount, group);
        while (!path.empty()) {
            smallest = smaller(smallest, read(mount.point + path));
            path.resize(path.rfind('/'));
        }
        smallest = smaller(smallest, read(mount.point));
    }
    return smallest;
}

unsigned cpus_by_affinity() {
    try {
        return cpu_affinity::of(::getpid()).count();
    } catch (const std::system_error&) {
        return std::thread::hardware_concurrency();
    }
}

}  // namespace

std::optional<unsigned> cgroup_cpu_limit(const std::string& root) {
    // Both: a hybrid machine has the two trees, and the CPU controller in either.
    return smaller(limit_of_tree(root, "cgroup2", limit_v2), limit_of_tree(root, "cgroup", limit_v1));
}

unsigned available_cpus() {
    const limit usable = smaller(cpus_by_affinity(), cgroup_cpu_limit(""));
    return std::max(1U, usable.value_or(1));
}

}  // namespace penstock::os

// SPDX-License-Identifier: MIT
#include "limits.hpp"

#include <sys/resource.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <optional>

namespace doctor {
namespace {

std::string limit_text(rlim_t value, bool is_size) {
    if (value == RLIM_INFINITY) return "unlimited";
    return is_size ? size_text(value) : std::to_string(value);
}

std::string limit_of(__rlimit_resource resource, bool is_size) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) != 0) return "not known";
    const std::string now = limit_text(limit.rlim_cur, is_size);
    return limit.rlim_cur == limit.rlim_max ? now : now + " (may be raised to " + limit_text(limit.rlim_max, is_size) + ")";
}

// Of this cgroup and those above it, as far as they are to be seen: the smallest. "max", and what version 1 writes for
// no limit, are more than any machine has.
std::optional<std::uint64_t> smallest_below(const std::string& mount, std::string group, const std::string& file) {
    std::optional<std::uint64_t> smallest;
    for (;;) {
        const std::string text = first_line_of(mount + group + "/" + file);
        std::uint64_t value = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
        if (read.ec == std::errc{} && value < std::uint64_t{1} << 50U) smallest = smallest ? std::min(*smallest, value) : value;
        const std::size_t slash = group.rfind('/');
        if (slash == std::string::npos) return smallest;
        group.resize(slash);
    }
}

// A line of /proc/self/cgroup is "4:memory:/group" (version 1) or "0::/group" (version 2).
std::optional<std::uint64_t> cgroup_memory() {
    std::optional<std::uint64_t> smallest;
    const auto consider = [&](std::optional<std::uint64_t> limit) {
        if (limit) smallest = smallest ? std::min(*smallest, *limit) : *limit;
    };
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);) {
        const std::string group = line.substr(line.rfind(':') + 1);
        if (line.find(":memory:") != std::string::npos)
            consider(smallest_below("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
        if (!line.starts_with("0::")) continue;
        consider(smallest_below("/sys/fs/cgroup", group, "memory.max"));
        consider(smallest_below("/sys/fs/cgroup/unified", group, "memory.max"));
    }
    return smallest;
}

std::string machine_memory() {
    struct sysinfo about {};
    if (::sysinfo(&about) != 0) return "not known";
    return size_text(std::uint64_t{about.totalram} * about.mem_unit);
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
    constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
    std::size_t unit = 0;
    auto scaled = static_cast<double>(bytes);
    for (; scaled >= 1024 && unit + 1 != units.size(); ++unit) scaled /= 1024;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), scaled == static_cast<double>(static_cast<std::uint64_t>(scaled)) ? "%.0f %s" : "%.1f %s",
                  scaled, units[unit]);
    return text.data();
}

std::string first_line_of(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::string no_limit() { return first_line_of("/proc/self/cgroup").empty() ? "not known" : "none"; }

std::vector<finding> look_at_limits() {
    const auto memory = cgroup_memory();
    return {{"memory of the machine", machine_memory()},
            {"memory limit of the cgroup", memory ? size_text(*memory) : no_limit(),
             memory ? "where it is exceeded the kernel kills a process; a worker costs its task only" : ""},
            {"address space (RLIMIT_AS)", limit_of(RLIMIT_AS, true)},
            {"open files (RLIMIT_NOFILE)", limit_of(RLIMIT_NOFILE, false)},
            {"processes (RLIMIT_NPROC)", limit_of(RLIMIT_NPROC, false)}};
}

}  // namespace doctor

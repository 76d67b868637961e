// SPDX-License-Identifier: MIT
// What must be the same again after a fault: the descriptors, threads, children and living descendants of this process,
// and, within a bound, its memory. Look at it before, do the harm, then `expect_back_to(before)`, which gives the pool
// time to tidy up.
//
// One thread. A zombie child counts as a child: reaping it is the pool's business. Zombies of other processes (the
// children of a worker that was killed, when nobody reaps them) are not ours and not looked at.
#pragma once

#include "support/sanitizers.hpp"
#include "support/threads.hpp"
#include "support/waiting.hpp"

#include <gtest/gtest.h>

#include <dirent.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

namespace penstock::test {

struct process_stat {
    char state = '?'; ///< 'Z' for a zombie; '?' when there is no such process
    pid_t parent = 0;
};

inline process_stat stat_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(file, text); // reading fails when the process ends between the open and the read
    const auto name_end = text.rfind(')');
    if (name_end == std::string::npos) return {};
    process_stat found;
    std::istringstream(text.substr(name_end + 1)) >> found.state >> found.parent;
    return found;
}

/// Neither gone nor a zombie.
inline bool lives(pid_t pid) {
    const char state = stat_of(pid).state;
    return state != '?' && state != 'Z' && state != 'X';
}

inline std::map<pid_t, process_stat> all_processes() {
    std::map<pid_t, process_stat> found;
    DIR* all = ::opendir("/proc");
    while (const dirent* entry = ::readdir(all)) {
        if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])) == 0) continue;
        const pid_t pid = static_cast<pid_t>(std::atoi(entry->d_name));
        found[pid] = stat_of(pid);
    }
    ::closedir(all);
    return found;
}
inline std::set<pid_t> children_of(pid_t parent) {
    std::set<pid_t> found;
    for (const auto& [pid, stat] : all_processes())
        if (stat.parent == parent) found.insert(pid);
    return found;
}
inline std::set<pid_t> own_children() { return children_of(::getpid()); }

/// Children, their children and so on that live; those of processes that died meanwhile have another parent by now.
inline std::set<pid_t> living_descendants(const std::map<pid_t, process_stat>& processes, pid_t ancestor) {
    std::set<pid_t> found;
    for (const auto& [pid, stat] : processes) {
        if (stat.parent != ancestor) continue;
        if (stat.state != 'Z' && stat.state != 'X' && stat.state != '?') found.insert(pid);
        found.merge(living_descendants(processes, pid));
    }
    return found;
}

/// The resident memory of this process in bytes.
inline std::size_t resident_memory() {
    std::ifstream file("/proc/self/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    file >> all >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

struct process_state {
    std::map<int, std::string> descriptors; ///< what each is, without the numbers of pipes
    std::size_t threads = 0;
    std::size_t children = 0;
    std::size_t descendants = 0; ///< that live, children included
    std::size_t memory = 0;

    std::size_t count() const { return descriptors.size(); }
    /// Fewer threads are no leak: one of an earlier test may have been on its way out when `before` was taken. Sanitizers
    /// keep memory that was freed.
    bool is_back_to(const process_state& before) const {
        const bool is_bounded = with_sanitizer || memory <= before.memory + memory_that_may_stay;
        return count() == before.count() && threads <= before.threads && children == before.children &&
               descendants <= before.descendants && is_bounded;
    }
    static constexpr std::size_t memory_that_may_stay = std::size_t{64} << 20;
    friend std::ostream& operator<<(std::ostream& out, const process_state& s) {
        out << s.threads << " threads, " << s.children << " children, " << s.descendants << " living descendants, "
            << (s.memory >> 20) << " MiB, " << s.count() << " descriptors:";
        for (const auto& [fd, target] : s.descriptors) out << ' ' << fd << "->" << target;
        return out;
    }
};

inline process_state look_at_this_process() {
    process_state state;
    DIR* all = ::opendir("/proc/self/fd");
    const int own = ::dirfd(all);
    while (const dirent* entry = ::readdir(all)) {
        if (entry->d_name[0] == '.' || std::atoi(entry->d_name) == own) continue;
        std::error_code gone;
        const auto target = std::filesystem::read_symlink(std::string("/proc/self/fd/") + entry->d_name, gone);
        state.descriptors[std::atoi(entry->d_name)] = gone ? "?" : target.string();
    }
    ::closedir(all);
    state.threads = count_threads();
    const auto processes = all_processes();
    for (const auto& each : processes) state.children += each.second.parent == ::getpid();
    state.descendants = living_descendants(processes, ::getpid()).size();
    state.memory = resident_memory();
    return state;
}

inline void expect_back_to(const process_state& before) {
    process_state now;
    const bool same = eventually([&] { return (now = look_at_this_process()).is_back_to(before); }, std::chrono::seconds(20));
    EXPECT_TRUE(same) << "before: " << before << "\nnow:    " << now;
}

} // namespace penstock::test

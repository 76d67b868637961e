// SPDX-License-Identifier: MIT
// What must be the same again after a fault: the descriptors, threads and children of this process. Look at it before,
// do the harm, then `expect_back_to(before)`, which gives the pool time to tidy up.
//
// One thread. A zombie child counts as a child: reaping it is the pool's business. Zombies of other processes (the
// children of a worker that was killed, when nobody reaps them) are not ours and not looked at.
#pragma once

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

inline std::set<pid_t> children_of(pid_t parent) {
    std::set<pid_t> found;
    DIR* all = ::opendir("/proc");
    while (const dirent* entry = ::readdir(all)) {
        if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])) == 0) continue;
        const pid_t pid = static_cast<pid_t>(std::atoi(entry->d_name));
        if (stat_of(pid).parent == parent) found.insert(pid);
    }
    ::closedir(all);
    return found;
}
inline std::set<pid_t> own_children() { return children_of(::getpid()); }

struct process_state {
    std::map<int, std::string> descriptors; ///< what each is, without the numbers of pipes
    std::size_t threads = 0;
    std::size_t children = 0;

    std::size_t count() const { return descriptors.size(); }
    /// Fewer threads are no leak: one of an earlier test may have been on its way out when `before` was taken.
    bool is_back_to(const process_state& before) const {
        return count() == before.count() && threads <= before.threads && children == before.children;
    }
    friend std::ostream& operator<<(std::ostream& out, const process_state& s) {
        out << s.threads << " threads, " << s.children << " children, " << s.count() << " descriptors:";
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
    for ([[maybe_unused]] const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) ++state.threads;
    state.children = own_children().size();
    return state;
}

inline void expect_back_to(const process_state& before) {
    process_state now;
    const bool same = eventually([&] { return (now = look_at_this_process()).is_back_to(before); }, std::chrono::seconds(20));
    EXPECT_TRUE(same) << "before: " << before << "\nnow:    " << now;
}

} // namespace penstock::test

// SPDX-License-Identifier: MIT
#include "common/idle_use.hpp"

#include "common/cannot_measure.hpp"
#include "common/stopwatch.hpp"

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace penstock::bench {

namespace {

using namespace std::chrono_literals;

/// The processor time that all threads of a process have used, in ns; but for the one that asks.
std::uint64_t cpu_time(int pid) {
    std::uint64_t total = 0;
    for (const auto& thread : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
        if (thread.path().filename() == std::to_string(gettid())) continue;
        std::uint64_t used = 0;
        if (!(std::ifstream(thread.path() / "schedstat") >> used))
            throw cannot_measure("this kernel does not tell what a thread has used (schedstat)");
        total += used;
    }
    return total;
}

std::uint64_t cpu_time(const std::vector<int>& pids) {
    std::uint64_t total = 0;
    for (const int pid : pids) total += cpu_time(pid);
    return total;
}

}  // namespace

double use_while_idle(const std::vector<int>& pids, std::chrono::milliseconds span) {
    std::this_thread::sleep_for(200ms);
    const std::uint64_t before = cpu_time(pids);
    const stopwatch time;
    std::this_thread::sleep_for(span);
    const double seconds = time.seconds();
    return static_cast<double>(cpu_time(pids) - before) / 1e3 / seconds;
}

}  // namespace penstock::bench

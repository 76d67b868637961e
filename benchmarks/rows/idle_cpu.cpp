// SPDX-License-Identifier: MIT
#include "common/cannot_measure.hpp"
#include "common/stopwatch.hpp"
#include "rows/rows.hpp"
#include "rows/tasks.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace penstock::bench {

namespace {

using namespace std::chrono_literals;

int own_pid() { return getpid(); }

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

/// What these processes use while nothing is to be done, in us of processor time a second. They have some time before
/// that: what a thread used is counted when it leaves its processor, and whoever spins has given up then.
double use_while_idle(const std::vector<int>& pids, std::chrono::milliseconds span) {
    std::this_thread::sleep_for(200ms);
    const std::uint64_t before = cpu_time(pids);
    const stopwatch time;
    std::this_thread::sleep_for(span);
    const double seconds = time.seconds();
    return static_cast<double>(cpu_time(pids) - before) / 1e3 / seconds;
}

std::vector<int> processes_of(process_pool& pool) {
    std::vector<int> pids{getpid()};
    for (auto& answer : pool.broadcast(own_pid)) pids.push_back(answer.get());
    return pids;
}

}  // namespace

measurements idle_cpu(const request& asked) {
    const auto span = asked.amount<std::chrono::milliseconds>(3s, 1s);
    const double without = use_while_idle({getpid()}, span);
    process_pool pool({.workers = asked.workers});
    train(pool);
    const std::vector<int> pids = processes_of(pool);
    const double with = use_while_idle(pids, span);
    wait_for_workers(pool);
    return {{ourselves, "", with, "us/s"}, {"no pool", "", without, "us/s"}};
}

}  // namespace penstock::bench

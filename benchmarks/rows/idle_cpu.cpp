// SPDX-License-Identifier: MIT
#include "common/idle_use.hpp"
#include "rows/rows.hpp"
#include "rows/tasks.hpp"

#include <penstock/thread_pool.hpp>

#include <unistd.h>

#include <chrono>
#include <vector>

namespace penstock::bench {

namespace {

using namespace std::chrono_literals;

int own_pid() { return getpid(); }

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

measurements t_idle_cpu(const request& asked) {
    const auto span = asked.amount<std::chrono::milliseconds>(3s, 1s);
    const double without = use_while_idle({getpid()}, span);
    thread_pool pool({.workers = asked.workers});
    run_null_tasks(pool, 10'000);
    const double with = use_while_idle({getpid()}, span);
    run_null_tasks(pool, 1);
    return {{ourselves, "", with, "us/s"}, {"no pool", "", without, "us/s"}};
}

}  // namespace penstock::bench

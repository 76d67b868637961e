// SPDX-License-Identifier: MIT
#include "common/idle_use.hpp"
#include "rows/rows.hpp"
#include "rows/tasks.hpp"

#include <penstock/thread_pool.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace penstock::bench {

namespace {

using namespace std::chrono_literals;

constexpr rlim_t descriptors_of_a_thousand = 6100;  // workers

int own_pid() { return getpid(); }

bool may_have_descriptors(rlim_t count) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < count) return false;
    limit.rlim_cur = std::max(limit.rlim_cur, count);
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

std::vector<int> processes_of(process_pool& pool) {
    std::vector<int> pids{getpid()};
    for (auto& answer : pool.broadcast(own_pid)) pids.push_back(answer.get());
    return pids;
}

}  // namespace

double use_of_idle_pool(std::size_t workers, std::chrono::milliseconds span) {
    process_pool pool({.workers = workers});
    train(pool);
    const double used = use_while_idle(processes_of(pool), span);
    wait_for_workers(pool);
    return used;
}

measurements idle_cpu(const request& asked) {
    const auto span = asked.amount<std::chrono::milliseconds>(3s, 1s);
    const double without = use_while_idle({getpid()}, span);
    measurements found{{"no pool", "", without, "us/s"},
                       {ourselves, "", use_of_idle_pool(asked.workers, span), "us/s"}};
    if (may_have_descriptors(descriptors_of_a_thousand))
        found.push_back({ourselves, "1000 workers", use_of_idle_pool(1000, span), "us/s"});
    return found;
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

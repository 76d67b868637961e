// SPDX-License-Identifier: MIT
// Many workers: more than there are CPUs, as for tasks that wait.
#include "common/cannot_measure.hpp"
#include "common/stopwatch.hpp"
#include "rows/rows.hpp"
#include "rows/tasks.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <string>

namespace penstock::bench {

namespace {

constexpr rlim_t enough_descriptors = 4096;  // for 256 workers

void allow_descriptors() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max < enough_descriptors)
        throw cannot_measure("ulimit -n allows too few descriptors for 256 workers");
    limit.rlim_cur = std::max(limit.rlim_cur, enough_descriptors);
    setrlimit(RLIMIT_NOFILE, &limit);
}

void measure(measurements& found, const std::string& variant, std::size_t workers, std::uint64_t count) {
    const stopwatch start;
    process_pool pool({.workers = workers});
    wait_for_workers(pool);
    found.push_back({ourselves, variant + ", start", 1e3 * start.seconds(), "ms"});
    const stopwatch time;
    run_null_tasks(pool, count);
    found.push_back({ourselves, variant, static_cast<double>(count) / time.seconds(), "tasks/s"});
}

}  // namespace

measurements many_workers(const request& asked) {
    allow_descriptors();
    const auto count = asked.amount<std::uint64_t>(300'000, 50'000);
    measurements found;
    measure(found, "few", asked.workers, count);
    measure(found, "64", 64, count);
    measure(found, "256", 256, count);
    return found;
}

}  // namespace penstock::bench

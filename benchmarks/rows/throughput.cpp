// SPDX-License-Identifier: MIT
#include "common/stopwatch.hpp"
#include "rows/rows.hpp"
#include "rows/tasks.hpp"

#include <deque>
#include <numeric>

namespace penstock::bench {

namespace {

/// Never more than `window` tasks are unfinished: the oldest is awaited before another one is submitted.
void run_in_window(process_pool& pool, std::uint64_t count, std::size_t window) {
    std::deque<future<std::uint64_t>> open;
    std::uint64_t sum = 0;
    const auto take_one = [&] {
        sum += open.front().get();
        open.pop_front();
    };
    for (std::uint64_t i = 0; i != count; ++i) {
        if (open.size() == window) take_one();
        open.push_back(pool.submit(null_task, i));
    }
    while (!open.empty()) take_one();
    require(sum == sum_below(count), "the sum of the results");
}

void map_all(process_pool& pool, const std::vector<std::uint64_t>& items) {
    std::uint64_t sum = 0;
    for (const std::uint64_t answer : pool.map(null_task, items)) sum += answer;
    require(sum == sum_below(items.size()), "the sum of the results");
}

template <class Run>
double rate_of(const pool_options& options, std::uint64_t count, Run run) {
    process_pool pool(options);
    train(pool);
    const stopwatch time;
    run(pool);
    return static_cast<double>(count) / time.seconds();
}

template <class Run>
measurements rate(const request& asked, std::uint64_t count, const char* unit, Run run) {
    return {{ourselves, "", rate_of({.workers = asked.workers}, count, run), unit}};
}

}  // namespace

measurements fire_all(const request& asked) {
    const std::uint64_t count = asked.amount<std::uint64_t>(1'000'000, 200'000);
    measurements all = rate(asked, count, "tasks/s", [&](process_pool& pool) { run_null_tasks(pool, count); });
    const std::uint64_t few = count / 5; // each of them is a packet, and so is its answer
    const pool_options one_by_one{.workers = asked.workers, .batches = batching::never};
    all.push_back({ourselves, "batching::never", rate_of(one_by_one, few, [&](process_pool& pool) { run_null_tasks(pool, few); }),
                   "tasks/s"});
    return all;
}

measurements window_1000(const request& asked) {
    const std::uint64_t count = asked.amount<std::uint64_t>(1'000'000, 200'000);
    return rate(asked, count, "tasks/s", [&](process_pool& pool) { run_in_window(pool, count, 1000); });
}

measurements map_null(const request& asked) {
    std::vector<std::uint64_t> items(asked.amount<std::size_t>(4'000'000, 500'000));
    std::iota(items.begin(), items.end(), std::uint64_t{0});
    return rate(asked, items.size(), "items/s", [&](process_pool& pool) { map_all(pool, items); });
}

}  // namespace penstock::bench

// SPDX-License-Identifier: MIT
#include "common/median.hpp"
#include "common/stopwatch.hpp"
#include "rows/rows.hpp"
#include "rows/tasks.hpp"

#include <chrono>
#include <thread>

namespace penstock::bench {

namespace {

using namespace std::chrono_literals;

double one_round_trip(process_pool& pool, std::uint64_t number) {
    const stopwatch time;
    const std::uint64_t answer = pool.submit(null_task, number).get();
    const double took = time.microseconds();
    require(answer == number, "an answer");
    return took;
}

/// Median of `count`, after a tenth as many that do not count.
double round_trip(const request& asked, std::chrono::microseconds pause, std::size_t count) {
    process_pool pool({.workers = asked.workers});
    wait_for_workers(pool);
    std::vector<double> times;
    for (std::size_t i = 0; i != count + count / 10; ++i) {
        if (pause != 0us) std::this_thread::sleep_for(pause);
        const double took = one_round_trip(pool, i);
        if (i >= count / 10) times.push_back(took);
    }
    return median(std::move(times));
}

}  // namespace

measurements hot_round_trip(const request& asked) {
    return {{ourselves, "", round_trip(asked, 0us, asked.amount<std::size_t>(20'000, 5'000)), "us"}};
}

measurements idle_round_trip(const request& asked) {
    return {{ourselves, "", round_trip(asked, 1ms, asked.amount<std::size_t>(1'000, 300)), "us"}};
}

}  // namespace penstock::bench

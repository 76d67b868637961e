// SPDX-License-Identifier: MIT
#include "common/burn.hpp"
#include "common/stopwatch.hpp"
#include "common/usable_cpus.hpp"
#include "rows/rows.hpp"
#include "rows/tasks.hpp"

#include <algorithm>
#include <chrono>

namespace penstock::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto task_time = 100us;

std::uint64_t burn_100us(std::uint64_t number) {
    burn(task_time);
    return number;
}

}  // namespace

measurements efficiency_100us(const request& asked) {
    const std::size_t workers = std::max<std::size_t>(1, static_cast<std::size_t>(usable_cpus()) / 2);
    const std::uint64_t count = asked.amount<std::uint64_t>(2'000, 1'000);
    process_pool pool({.workers = workers});
    wait_for_workers(pool);
    std::vector<future<std::uint64_t>> answers;
    answers.reserve(count);
    const stopwatch time;
    for (std::uint64_t i = 0; i != count; ++i) answers.push_back(pool.submit(burn_100us, i));
    std::uint64_t sum = 0;
    for (auto& answer : answers) sum += answer.get();
    const double took = time.milliseconds();
    require(sum == sum_below(count), "the sum of the results");
    const double ideal = std::chrono::duration<double, std::milli>(task_time).count() *
                         static_cast<double>(count) / static_cast<double>(workers);
    return {{ourselves, "", took, "ms"}, {"ideal", "", ideal, "ms"}};
}

}  // namespace penstock::bench

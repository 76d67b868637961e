// SPDX-License-Identifier: MIT
#include "common/burn.hpp"
#include "common/cannot_measure.hpp"
#include "common/long_task_load.hpp"
#include "common/median.hpp"
#include "common/stopwatch.hpp"
#include "rows/rows.hpp"
#include "rows/tasks.hpp"

namespace penstock::bench {

namespace {

std::uint64_t short_task(std::uint64_t number) {
    burn(long_task_load::short_task);
    return number;
}
std::uint64_t long_task() {
    burn(long_task_load::long_task);
    return 1;
}

enum class before { nothing, null_tasks };

/// Until the last short task is done, in ms, when the long one is submitted in front of short task number `position`.
double one_round(process_pool& pool, std::uint64_t position) {
    constexpr std::uint64_t count = long_task_load::short_tasks;
    std::vector<future<std::uint64_t>> answers;
    answers.reserve(count);
    future<std::uint64_t> long_answer;
    const stopwatch time;
    for (std::uint64_t i = 0; i != count; ++i) {
        if (i == position) long_answer = pool.submit(long_task);
        answers.push_back(pool.submit(short_task, i));
    }
    std::uint64_t sum = 0;
    for (auto& answer : answers) sum += answer.get();
    const double took = time.milliseconds();
    require(sum == sum_below(count) && long_answer.get() == 1, "the sum of the results");
    return took;
}

double rounds(const request& asked, before first, std::uint64_t position) {
    std::vector<double> times;
    for (int i = 0; i != asked.amount(7, 3); ++i) {
        process_pool pool({.workers = asked.workers});  // a new one: it knows nothing of the rounds before
        if (first == before::null_tasks) train(pool);
        else wait_for_workers(pool);
        times.push_back(one_round(pool, position));
    }
    return median(std::move(times));
}

}  // namespace

measurements head_of_line(const request& asked) {
    if (asked.workers < 2) throw cannot_measure("a long task beside short ones needs two workers");
    constexpr std::uint64_t middle = long_task_load::short_tasks / 2;
    return {{ourselves, "plain", rounds(asked, before::nothing, middle), "ms"},
            {ourselves, "trained on null tasks", rounds(asked, before::null_tasks, middle), "ms"},
            {ourselves, "long task first", rounds(asked, before::nothing, 0), "ms"}};
}

}  // namespace penstock::bench

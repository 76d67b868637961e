// SPDX-License-Identifier: MIT
#include "common/burn.hpp"
#include "common/cannot_measure.hpp"
#include "common/long_task_load.hpp"
#include "common/median.hpp"
#include "common/require.hpp"
#include "common/stopwatch.hpp"
#include "probes/forked_child.hpp"
#include "probes/probes.hpp"
#include "probes/raw_pipe.hpp"

#include <cstddef>
#include <deque>
#include <vector>

namespace penstock::bench {

namespace {

constexpr std::size_t all_short = long_task_load::short_tasks;

/// Starts all at the same byte; says how many it ran when it is done.
void run_share(const raw_pipe& go, const raw_pipe& done, std::size_t share) {
    char begin;
    read_all(go.read_end(), &begin, 1);
    for (std::size_t i = 0; i != share; ++i) burn(long_task_load::short_task);
    write_all(done.write_end(), &share, sizeof share);
}
void run_long(const raw_pipe& go) {
    char begin;
    read_all(go.read_end(), &begin, 1);
    burn(long_task_load::long_task);
}

double one_round(std::size_t workers) {
    const raw_pipe go;
    const raw_pipe done;
    std::deque<forked_child> children;
    children.emplace_back([&] { run_long(go); });
    const std::size_t others = workers - 1;
    for (std::size_t i = 0; i != others; ++i)
        children.emplace_back(
            [&, i] { run_share(go, done, all_short / others + (i < all_short % others ? 1 : 0)); });
    const std::vector<char> starts(workers);
    std::size_t finished = 0;
    const stopwatch time;
    write_all(go.write_end(), starts.data(), starts.size());
    for (std::size_t i = 0; i != others; ++i) {
        std::size_t share = 0;
        read_all(done.read_end(), &share, sizeof share);
        finished += share;
    }
    const double took = time.milliseconds();
    require(finished == all_short, "the number of short tasks");
    return took;
}

}  // namespace

measurements split_by_hand(const request& asked) {
    if (asked.workers < 2) throw cannot_measure("a long task beside short ones needs two workers");
    std::vector<double> rounds;
    for (int i = 0; i != asked.amount(7, 3); ++i) rounds.push_back(one_round(asked.workers));
    return {{"split by hand", "", median(rounds), "ms"}};
}

}  // namespace penstock::bench

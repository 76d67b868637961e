// SPDX-License-Identifier: MIT
#include "conclusion.hpp"

#include "summary.hpp"
#include "text.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace compare {
using namespace example_common;

namespace {

// Below this gain, another worker is not worth having.
constexpr double worth_it = 0.05;
// Below this, two times are called the same.
constexpr double negligible = 0.02;

std::string place(const summary& one) {
    return plural(one.where.workers, "worker", "workers") + " on " + plural(one.where.cpus, "CPU", "CPUs");
}

std::string beside_sequential(const summary& one, const std::optional<summary>& sequential) {
    if (!sequential) return "";
    const double speed_up = sequential->median / one.median;
    if (std::abs(speed_up - 1) < worth_it) return ", about as fast as sequential";
    if (speed_up >= 1) return ", " + fixed(speed_up, 1) + " times as fast as sequential";
    return ", slower than sequential by " + fixed((1 / speed_up - 1) * 100, 0) + " %";
}

std::string best_sentence(const char* who, const summary& best, const std::optional<summary>& sequential) {
    return std::string(who) + " are best with " + place(best) + ": " + seconds_text(best.median) + " s" +
           beside_sequential(best, sequential) + ".\n";
}

std::string threads_or_processes(const summary& threads, const summary& processes) {
    const bool apart = threads.most < processes.least || processes.most < threads.least;
    const bool repeated = threads.most > threads.least && processes.most > processes.least;
    if (!apart && repeated) {
        return "Between the two there is no clear difference: the spreads of their repetitions overlap.\n";
    }
    const bool threads_win = threads.median < processes.median;
    const summary& fast = threads_win ? threads : processes;
    const summary& slow = threads_win ? processes : threads;
    if (slow.median < fast.median * (1 + negligible)) {
        return "Between the two there is no difference to speak of: less than 2 % at their best.\n";
    }
    return std::string(threads_win ? "Processes" : "Threads") + " take " +
           fixed((slow.median / fast.median - 1) * 100, 0) + " % longer than " +
           (threads_win ? "threads" : "processes") + " at their best" +
           (repeated ? ".\n" : " (a single run each: a small difference means nothing).\n");
}

// The fewest workers that are nearly as good as the best, with the most CPUs that were measured.
std::string enough_workers(const std::vector<summary>& all, mode how, const char* who) {
    const std::vector<unsigned> cpus = cpu_counts(all);
    std::vector<summary> row;
    for (const unsigned workers : worker_counts(all)) {
        if (const auto one = find(all, {how, cpus.back(), workers})) row.push_back(*one);
    }
    if (row.size() < 2) return "";
    const auto faster = [](const summary& a, const summary& b) { return a.median < b.median; };
    const summary best = *std::min_element(row.begin(), row.end(), faster);
    const auto enough = std::find_if(row.begin(), row.end(), [&](const summary& one) {
        return one.median <= best.median * (1 + worth_it);
    });
    const std::string where = "On " + plural(cpus.back(), "CPU", "CPUs") + ", ";
    if (enough + 1 == row.end()) {
        return where + who + " were fastest with " + plural(enough->where.workers, "worker", "workers") +
               ", the most that was measured.\n";
    }
    return where + plural(enough->where.workers, "worker is", "workers are") + " enough for " + who +
           ": more of them gain less than 5 %.\n";
}

}  // namespace

std::string conclusion_of(const report& all) {
    const std::vector<summary> summaries = summarise(all.measurements);
    const auto sequential = fastest(summaries, mode::sequential);
    const auto threads = fastest(summaries, mode::threads);
    const auto processes = fastest(summaries, mode::processes);
    std::string text;
    if (sequential) text += "Sequential takes " + seconds_text(sequential->median) + " s.\n";
    if (threads) text += best_sentence("Threads", *threads, sequential);
    if (processes) text += best_sentence("Processes", *processes, sequential);
    if (threads && processes) text += threads_or_processes(*threads, *processes);
    if (threads) text += enough_workers(summaries, mode::threads, "threads");
    if (processes) text += enough_workers(summaries, mode::processes, "processes");
    return text;
}

}  // namespace compare

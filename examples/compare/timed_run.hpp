// SPDX-License-Identifier: MIT
// One run of all tasks of a workload, one after the other or in a pool. The code for threads and for
// processes is the same template: only the type of the pool differs. Called by the main thread; throws what a
// task threw, what the pool reports (penstock::error), or `interrupted` after Ctrl-C, and leaves no pool
// behind.
#pragma once

#include "interrupt.hpp"
#include "progress.hpp"
#include "stopwatch.hpp"

#include <penstock/penstock.hpp>

#include <chrono>
#include <type_traits>
#include <vector>

namespace compare {
using namespace example_common;

template <class Workload>
struct timed_run {
    std::vector<typename Workload::result> results;  // in the order of the tasks
    double seconds = 0;
    double build_seconds = 0;
};

template <class Workload>
timed_run<Workload> run_sequentially(const Workload& work, progress& bar) {
    timed_run<Workload> run;
    run.results.reserve(work.tasks().size());
    const stopwatch clock;
    for (const auto& task : work.tasks()) {
        run.results.push_back(Workload::run(task));
        throw_if_interrupted();
        bar.advance(Workload::units(task));
    }
    run.seconds = clock.seconds();
    return run;
}

// Waits for the futures in the order of the tasks. The short waits are there for Ctrl-C alone.
template <class Workload, class Futures>
void collect(const Workload& work, Futures& futures, std::vector<typename Workload::result>& results,
             progress& bar) {
    for (std::size_t i = 0; i < futures.size(); ++i) {
        while (!futures[i].wait_for(std::chrono::milliseconds(100))) throw_if_interrupted();
        throw_if_interrupted();
        results.push_back(futures[i].get());
        bar.advance(Workload::units(work.tasks()[i]));
    }
}

// Ends a pool whose results nobody wants any more. Threads leave their task when they see the interrupt flag;
// processes do not see it and are killed.
template <class Pool>
void abandon(Pool& pool) {
    constexpr bool processes = std::is_same_v<Pool, penstock::process_pool>;
    pool.shutdown(processes ? penstock::shutdown_mode::kill : penstock::shutdown_mode::cancel_pending);
}

template <class Pool, class Workload>
timed_run<Workload> run_in_pool(const Workload& work, unsigned workers, progress& bar) {
    timed_run<Workload> run;
    run.results.reserve(work.tasks().size());
    const stopwatch clock;
    Pool pool{penstock::pool_options{.workers = workers}};
    run.build_seconds = clock.seconds();
    try {
        std::vector<penstock::future<typename Workload::result>> futures;
        futures.reserve(work.tasks().size());
        for (const auto& task : work.tasks()) {
            throw_if_interrupted();
            futures.push_back(pool.submit(&Workload::run, task));
        }
        collect(work, futures, run.results, bar);
    } catch (...) {
        abandon(pool);
        throw;
    }
    run.seconds = clock.seconds();
    return run;
}

}  // namespace compare

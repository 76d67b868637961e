// SPDX-License-Identifier: MIT
// One run of all tasks of a workload in a pool. The same code for every mode: the pool is chosen when it is made.
// Called by the main thread; throws what a task threw, what the pool reports (penstock::error), or `interrupted`
// after Ctrl-C, and leaves no pool behind.
#pragma once

#include "interrupt.hpp"
#include "mode.hpp"
#include "progress.hpp"
#include "stopwatch.hpp"

#include <penstock/any_pool.hpp>

#include <chrono>
#include <vector>

namespace compare {
using namespace example_common;

template <class Workload>
struct timed_run {
    std::vector<typename Workload::result> results;  // in the order of the tasks
    double seconds = 0;
    double build_seconds = 0;
};

// The tasks of a run at the pool, delivered in their order: while they are submitted, as far as they are done
// already, and then the rest.
template <class Workload>
class tasks_under_way {
public:
    tasks_under_way(const Workload& work, progress& bar) : work_(work), bar_(bar) {
        futures_.reserve(work.tasks().size());
        results_.reserve(work.tasks().size());
    }

    void submit(penstock::any_pool& pool) {
        for (const auto& task : work_.tasks()) {
            throw_if_interrupted();
            futures_.push_back(pool.submit(&Workload::run, task));
            while (results_.size() != futures_.size() && futures_[results_.size()].ready()) deliver();
        }
    }

    // The short waits are there for Ctrl-C alone.
    std::vector<typename Workload::result> collect() {
        while (results_.size() != futures_.size()) {
            while (!futures_[results_.size()].wait_for(std::chrono::milliseconds(100))) throw_if_interrupted();
            deliver();
        }
        return std::move(results_);
    }

private:
    void deliver() {
        throw_if_interrupted();
        const std::size_t next = results_.size();
        results_.push_back(futures_[next].get());
        bar_.advance(Workload::units(work_.tasks()[next]));
    }

    const Workload& work_;
    progress& bar_;
    std::vector<penstock::future<typename Workload::result>> futures_;
    std::vector<typename Workload::result> results_;
};

template <class Workload>
timed_run<Workload> run_all(const Workload& work, mode how, unsigned workers, progress& bar) {
    timed_run<Workload> run;
    const stopwatch clock;
    penstock::any_pool pool(how, {.workers = workers});
    run.build_seconds = clock.seconds();
    try {
        tasks_under_way<Workload> all(work, bar);
        all.submit(pool);
        run.results = all.collect();
    } catch (...) {
        // Nobody wants the rest any more. Threads leave their task when they see the interrupt flag; processes do not
        // see it, and are killed.
        pool.shutdown(penstock::shutdown_mode::kill);
        throw;
    }
    run.seconds = clock.seconds();
    return run;
}

}  // namespace compare

// SPDX-License-Identifier: MIT
// What the dispatcher's decisions cost a task, with a fleet that always has room and answers at once.
#include "pool/dispatcher.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <deque>
#include <vector>

namespace penstock::bench {

namespace {

using namespace std::chrono_literals;

class ideal_fleet final : public pool::fleet {
public:
    explicit ideal_fleet(std::size_t workers) : pipes(workers) {}

    sent send(std::size_t worker, pool::task_entry& entry, std::chrono::steady_clock::time_point) override {
        pipes[worker].push_back(entry.id);
        return sent::yes;
    }
    void flush(std::size_t) override {}
    std::vector<std::uint64_t> take_back(std::size_t) override { return {}; }
    void start(std::size_t) override {}
    void say_bye(std::size_t) override {}
    void request_stop(std::size_t, const pool::task_entry&) override {}
    void terminate(std::size_t) override {}
    void kill(std::size_t, const std::string&) override {}
    void let_go(std::size_t, pool::let_go_reason) override {}

    std::vector<std::deque<std::uint64_t>> pipes;
};

/// Submits a thousand tasks, then answers all of it, worker by worker.
void submit_and_answer_1000(benchmark::State& state) {
    const auto workers = static_cast<std::size_t>(state.range(0));
    ideal_fleet fleet(workers);
    pool::dispatcher_options options;
    options.workers = workers;
    options.deepest = 64;
    pool::dispatcher dispatcher(fleet, options);
    pool::dispatcher::time_point now{1000s};
    dispatcher.start_all(now);
    for (std::size_t i = 0; i != workers; ++i) dispatcher.ready(i, now);

    std::vector<pool::task_entry> tasks(1000);
    for (std::size_t i = 0; i != tasks.size(); ++i) tasks[i].id = i + 1;
    for (auto _ : state) {
        for (auto& task : tasks) dispatcher.submit(task, now);
        for (std::size_t done = 0; done != tasks.size();) {
            for (std::size_t worker = 0; worker != workers; ++worker) {
                auto& pipe = fleet.pipes[worker];
                if (pipe.empty()) continue;
                const std::uint64_t id = pipe.front();
                pipe.pop_front();
                now += 100ns;
                if (dispatcher.answered(worker, id, 1us, now) == nullptr)
                    state.SkipWithError("a task was lost");
                dispatcher.settle_answered(worker, now);
                ++done;
            }
        }
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(tasks.size()));
}
BENCHMARK(submit_and_answer_1000)->Arg(1)->Arg(4)->Arg(64)->Unit(benchmark::kMicrosecond);

}  // namespace

}  // namespace penstock::bench

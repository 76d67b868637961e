// SPDX-License-Identifier: MIT
// The fixture of the dispatcher's tests: a dispatcher, a fleet of numbers, tasks, and a clock that only the test moves.
#pragma once

#include "pool/dispatcher.hpp"
#include "support/model_fleet.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace penstock::pool {

using namespace std::chrono_literals;
using ids = std::vector<std::uint64_t>;

class dispatcher_test : public testing::Test {
protected:
    /// `count` workers that are ready; a worker may have 16 tasks.
    void make(std::size_t count, std::size_t deepest = 16) {
        dispatcher_options options;
        options.workers = count;
        options.deepest = deepest;
        make(options);
    }
    void make(const dispatcher_options& options) {
        make_starting(options);
        for (std::size_t i = 0; i != options.workers; ++i) make_ready(i);
    }
    void make_starting(const dispatcher_options& options) {
        fleet.workers.resize(options.workers);
        pool.emplace(fleet, options);
        pool->start_all(now);
    }
    void make_ready(std::size_t number) {
        fleet.workers[number].alive = true;
        fleet.started.clear();
        pool->ready(number, now);
    }
    task_entry& submit(bool exclusive = false) {
        tasks.push_back(std::make_unique<task_entry>());
        tasks.back()->id = tasks.size();
        tasks.back()->exclusive = exclusive;
        pool->submit(*tasks.back(), now);
        return *tasks.back();
    }
    void submit_many(int count) {
        for (int i = 0; i != count; ++i) submit();
    }
    task_entry* answer(std::size_t number, std::chrono::nanoseconds took = 1us) {
        fleet.read(number);
        const std::uint64_t id = fleet.workers[number].running.value_or(0);
        fleet.workers[number].running.reset();
        fleet.workers[number].stream = false;
        task_entry* done = pool->answered(number, id, took, now);
        pool->settle_answered(number, now);
        return done;
    }
    task_entry* die(std::size_t number) {
        const ids unread = fleet.lose(number);
        return pool->died(number, unread, now);
    }
    /// What the worker has sent to it and not answered, in order.
    ids at(std::size_t number) const {
        ids all;
        const auto& w = fleet.workers[number];
        if (w.running) all.push_back(*w.running);
        all.insert(all.end(), w.pipe.begin(), w.pipe.end());
        return all;
    }
    /// A worker that is known to answer within a microsecond, and has nothing to do.
    void train(std::size_t number) {
        submit();
        ASSERT_NE(answer(number), nullptr);
    }

    test::model_fleet fleet{0};
    std::optional<dispatcher> pool;
    std::vector<std::unique_ptr<task_entry>> tasks;
    dispatcher::time_point now{1000s};
};

} // namespace penstock::pool

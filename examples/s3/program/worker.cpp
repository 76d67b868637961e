// SPDX-License-Identifier: MIT
#include "program/worker.hpp"

#include "client/blocking_transport.hpp"
#include "interrupt.hpp"
#include "program/abandoned_run.hpp"
#include "program/async_lane.hpp"
#include "program/lane.hpp"

#include <penstock/penstock.hpp>

#include <exception>
#include <memory>

namespace s3_program {
namespace {

// For threads. In a worker process nobody asks to stop: its pool ends it.
struct blocking_lane {
    explicit blocking_lane(const work_order& order)
        : way([run = order.run] { return example_common::interrupt_requested() || run_abandoned(run); }),
          work(order, way) {}

    s3::blocking_transport way;
    lane work;
};

// Of the calling thread, for this run.
template <class Lane>
Lane& lane_of(const work_order& order) {
    thread_local std::unique_ptr<Lane> kept;
    thread_local std::uint64_t run = 0;
    if (!kept || run != order.run) {
        kept.reset();
        kept = std::make_unique<Lane>(order);
        run = order.run;
    }
    return *kept;
}

// A job throws nothing of its own: this worker could not take on its role, and the next job would not help
// it.
report no_credentials(const std::exception& problem) {
    report result;
    result.how = outcome::failed;
    result.error = problem.what();
    result.hopeless = true;
    return result;
}

// Jobs are known by their place here, whatever their own numbers are. The lane is empty before and after.
std::vector<report> collect(async_lane& way, const std::vector<job>& jobs) {
    std::vector<report> reports(jobs.size());
    std::size_t begun = 0;
    while (begun != jobs.size() || way.tasks() != 0) {
        while (begun != jobs.size() && way.wants_more()) {
            job next = jobs[begun];
            next.id = begun++;
            way.start(std::move(next));
        }
        for (finished_job& one : way.wait(std::chrono::seconds(1))) reports[one.what.id] = std::move(one.how);
    }
    for (finished_job& one : way.wait(std::chrono::seconds(0))) reports[one.what.id] = std::move(one.how);
    return reports;
}

}  // namespace

report work_on(const work_order& order, const job& what) {
    try {
        auto& mine = lane_of<blocking_lane>(order);
        mine.work.follow(order);
        return s3::run_here(mine.work.run(what));
    } catch (const std::exception& problem) {
        return no_credentials(problem);
    }
}

std::vector<report> work_on_each(const work_order& order, const std::vector<job>& jobs) {
    std::vector<report> reports;
    for (const job& what : jobs) reports.push_back(work_on(order, what));
    return reports;
}

std::vector<report> work_on_many(const work_order& order, const std::vector<job>& jobs) {
    try {
        auto& mine = lane_of<async_lane>(order);
        mine.follow(order);
        return collect(mine, jobs);
    } catch (const std::exception& problem) {
        return std::vector<report>(jobs.size(), no_credentials(problem));
    }
}

std::vector<report> work_in_threads(const work_order& order, const std::vector<job>& jobs) {
    penstock::thread_pool threads{penstock::pool_options{.workers = order.concurrency}};
    std::vector<report> reports;
    reports.reserve(jobs.size());
    auto one_job = [&order](const job& what) { return work_on(order, what); };
    for (auto&& one : threads.map({.chunk = 1}, one_job, jobs)) reports.push_back(std::move(one));
    return reports;
}

}  // namespace s3_program

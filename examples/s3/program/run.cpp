// SPDX-License-Identifier: MIT
#include "program/run.hpp"

#include "interrupt.hpp"
#include "program/descriptor_limit.hpp"
#include "program/local_executors.hpp"
#include "program/pool_executor.hpp"
#include "program/rate_samples.hpp"
#include "program/resource_use.hpp"
#include "program/scheduler.hpp"
#include "program/worker.hpp"
#include "stopwatch.hpp"

#include <algorithm>
#include <atomic>

namespace s3_program {
namespace {

constexpr std::size_t most_jobs_a_folder_task = 1000;

work_order order_for(const run_settings& wanted, const s3::credentials& first, s3::credential_source& keys) {
    static std::atomic<std::uint64_t> runs{0};
    work_order order;
    order.run = ++runs;
    order.settings = wanted.client;
    order.keys = first;
    order.source = &keys;
    order.recipe = wanted.recipe;
    order.own_role = wanted.worker_role;
    order.parts = wanted.parts;
    order.concurrency = std::max(1U, wanted.concurrency);
    return order;
}

// So many that the connections are busy most of the time, so few that all workers have some until the end.
std::size_t batch_size(const run_settings& wanted) {
    const std::size_t least = std::max(1U, wanted.concurrency);
    if (wanted.expected == 0) return least * 8;
    const std::size_t share = wanted.expected / (std::size_t{4} * workers_of(wanted));
    return std::clamp(share, std::max<std::size_t>(1, least / 4), least * 8);
}

std::unique_ptr<executor> make_process_executor(const run_settings& wanted, work_order order) {
    using processes = pool_executor<penstock::process_pool>;
    const unsigned workers = workers_of(wanted);
    if (wanted.nested) {
        return std::make_unique<processes>(workers, std::move(order), work_in_threads,
                                           batching{.jobs = most_jobs_a_folder_task, .by_folder = true});
    }
    if (wanted.how == mode::process_async) {
        return std::make_unique<processes>(workers, std::move(order), work_on_many,
                                           batching{.jobs = batch_size(wanted)});
    }
    return std::make_unique<processes>(workers, std::move(order), work_on_each, batching{});
}

void count(const finished_job& row, run_result& sums) {
    ++sums.objects;
    sums.bytes += row.how.how == outcome::skipped ? 0 : row.how.calc_size;
    sums.errors += row.how.how == outcome::failed ? 1 : 0;
    sums.missing += row.how.how == outcome::missing ? 1 : 0;
    sums.skipped += row.how.how == outcome::skipped ? 1 : 0;
    sums.unfinished += row.how.how == outcome::interrupted ? 1 : 0;
    sums.size_only += row.how.size_only ? 1 : 0;
    if (row.how.how == outcome::interrupted) return;
    const auto finished = static_cast<double>(sums.objects - sums.unfinished);
    sums.mean_seconds += (row.how.seconds - sums.mean_seconds) / finished;
}

void schedule(executor& where, s3::credentials used, s3::credential_source& keys, job_source& jobs,
              const row_observer& on_row, run_result& sums) {
    rate_samples samples;
    schedule_hooks hooks;
    hooks.renew = [&] { return used = keys.refreshed(used); };
    hooks.on_row = [&](const finished_job& row) {
        count(row, sums);
        on_row(row, sums);
    };
    hooks.interrupted = example_common::interrupt_requested;
    hooks.on_turn = [&] { samples.note(sums.objects); };
    const example_common::stopwatch clock;
    const schedule_result ended = scheduler(jobs, where, hooks).run();
    sums.seconds = clock.seconds();
    sums.rates = samples.rates();
    if (sums.rates.empty() && sums.seconds > 0)
        sums.rates.push_back(static_cast<double>(sums.objects) / sums.seconds);
    sums.refreshes = ended.renewals;
    sums.interrupted = ended.interrupted;
    sums.stopped_by = ended.stopped_by;
}

}  // namespace

unsigned workers_of(const run_settings& wanted) {
    if (!uses_workers(wanted.how)) return 1;
    return wanted.workers != 0 ? wanted.workers : static_cast<unsigned>(penstock::available_cpus());
}

std::string parallelism_text(const run_settings& wanted) {
    const std::string workers = std::to_string(workers_of(wanted));
    const std::string inside = std::to_string(wanted.concurrency);
    if (wanted.how == mode::async) return inside;
    return wanted.how == mode::process_async || wanted.nested ? workers + "x" + inside : workers;
}

std::unique_ptr<executor> make_executor(const run_settings& wanted, const s3::credentials& first,
                                        s3::credential_source& keys) {
    work_order order = order_for(wanted, first, keys);
    switch (wanted.how) {
        case mode::sequential:
            return std::make_unique<sequential_executor>(std::move(order));
        case mode::thread:
            return std::make_unique<pool_executor<penstock::thread_pool>>(
                workers_of(wanted), std::move(order), work_on_each, batching{});
        case mode::async:
            return std::make_unique<async_executor>(std::move(order));
        case mode::process:
        case mode::process_async:
            break;
    }
    return make_process_executor(wanted, std::move(order));
}

run_result run_jobs(const run_settings& wanted, s3::credential_source& keys, job_source& jobs,
                    const row_observer& on_row) {
    check_descriptor_limit(wanted);
    run_result result;
    const s3::credentials first = keys.current();
    const double cpu_before = cpu_seconds();
    const example_common::stopwatch clock;
    std::unique_ptr<executor> where = make_executor(wanted, first, keys);
    result.build_seconds = clock.seconds();
    schedule(*where, first, keys, jobs, on_row, result);
    result.workers_lost = where->workers_lost();
    where.reset();  // its processes must have ended to be counted
    result.cpu_seconds = cpu_seconds() - cpu_before;
    result.peak_memory = peak_memory();
    return result;
}

}  // namespace s3_program

// SPDX-License-Identifier: MIT
#include <penstock/thread_pool.hpp>

#include "pool/thread_crew.hpp"

#include <penstock/init.hpp>

#include <stdexcept>

namespace penstock {

namespace {

constexpr std::size_t most_workers = 65'536;

std::size_t checked_workers(std::size_t wanted) {
    if (wanted > most_workers)
        throw std::invalid_argument("penstock: thread_pool: workers is " + std::to_string(wanted) +
                                    ", the limit is " + std::to_string(most_workers));
    return wanted == 0 ? available_cpus() : wanted;
}

void refuse(bool given, const char* field) {
    if (given)
        throw std::invalid_argument(std::string("penstock: thread_pool: ") + field +
                                    " is for process pools only; leave it at its default");
}

void refuse_process_fields(const pool_options& options) {
    const pool_options defaults;
    refuse(options.start != defaults.start, "start");
    refuse(static_cast<bool>(options.preload), "preload");
    refuse(options.limits != defaults.limits, "limits");
    refuse(options.environment != defaults.environment, "environment");
    refuse(options.output.mode != defaults.output.mode || options.output.on_line ||
               options.output.limit != defaults.output.limit,
           "output");
    refuse(options.max_tasks_per_worker != 0, "max_tasks_per_worker");
    refuse(options.max_rss_per_worker != 0, "max_rss_per_worker");
    refuse(options.batches != defaults.batches, "batches");
    refuse(options.spin != defaults.spin, "spin");
    refuse(options.idle_timeout.count() != 0, "idle_timeout");
    refuse(options.max_pending_bytes != 0, "max_pending_bytes");
    refuse(static_cast<bool>(options.on_event), "on_event");
    refuse(options.start_timeout != defaults.start_timeout, "start_timeout");
    refuse(options.grace != defaults.grace, "grace");
    refuse(options.max_payload != defaults.max_payload, "max_payload");
    refuse(options.restart != defaults.restart, "restart");
}

} // namespace

thread_pool::thread_pool(pool_options options) {
    refuse_process_fields(options);
    if (options.task_timeout.count() < 0)
        throw std::invalid_argument("penstock: pool_options.task_timeout is negative; 0 means no limit");
    const std::size_t workers = checked_workers(options.workers);
    crew_ = std::make_shared<pool::thread_crew>(workers, std::move(options));
    crew_->start();
}

thread_pool::~thread_pool() { crew_->disband(); }

// A task or callback may destroy this object in the middle of a call: each holds the crew for itself.

void thread_pool::launch(detail::thread_task& task) { std::shared_ptr(crew_)->submit(task); }

bool thread_pool::try_launch(detail::thread_task& task) { return std::shared_ptr(crew_)->try_submit(task); }

void thread_pool::wait_idle() { std::shared_ptr(crew_)->wait_idle(); }

void thread_pool::shutdown(shutdown_mode mode) { std::shared_ptr(crew_)->shut_down(mode); }

std::size_t thread_pool::workers() const noexcept { return crew_->workers(); }

} // namespace penstock

// SPDX-License-Identifier: MIT
#include "pool/process_options.hpp"

#include <stdexcept>
#include <string>

namespace penstock::pool {

namespace {

class refusal {
public:
    explicit refusal(std::string_view pool_name) : pool_name_(pool_name) {}
    void refuse(bool given, std::string_view field) const {
        if (!given) return;
        throw std::invalid_argument("penstock: " + std::string(pool_name_) + ": " + std::string(field) +
                                    " is for process pools only; leave it at its default");
    }

private:
    std::string_view pool_name_;
};

} // namespace

void refuse_process_options(const pool_options& options, std::string_view pool_name) {
    const refusal here(pool_name);
    const pool_options defaults;
    here.refuse(options.start != defaults.start, "start");
    here.refuse(static_cast<bool>(options.preload), "preload");
    here.refuse(options.limits != defaults.limits, "limits");
    here.refuse(options.environment != defaults.environment, "environment");
    here.refuse(options.output.mode != defaults.output.mode || options.output.on_line ||
                    options.output.limit != defaults.output.limit,
                "output");
    here.refuse(options.max_tasks_per_worker != 0, "max_tasks_per_worker");
    here.refuse(options.max_rss_per_worker != 0, "max_rss_per_worker");
    here.refuse(options.batches != defaults.batches, "batches");
    here.refuse(options.spin != defaults.spin, "spin");
    here.refuse(options.idle_timeout.count() != 0, "idle_timeout");
    here.refuse(options.max_pending_bytes != 0, "max_pending_bytes");
    here.refuse(static_cast<bool>(options.on_event), "on_event");
    here.refuse(options.start_timeout != defaults.start_timeout, "start_timeout");
    here.refuse(options.grace != defaults.grace, "grace");
    here.refuse(options.max_payload != defaults.max_payload, "max_payload");
    here.refuse(options.restart != defaults.restart, "restart");
    if (options.task_timeout.count() < 0)
        throw std::invalid_argument("penstock: pool_options.task_timeout is negative; 0 means no limit");
}

void refuse_process_options(const task_options& options, std::string_view pool_name) {
    if (options.timeout.count() < 0)
        throw std::invalid_argument("penstock: task_options.timeout is negative; 0 means no limit of its own");
    if (options.retry.max_attempts > 1 || options.retry.backoff.count() != 0)
        throw std::invalid_argument("penstock: " + std::string(pool_name) +
                                    ": task_options.retry is for process pools only: a thread is not lost, and a task "
                                    "that passed its deadline has used up its arguments");
}

} // namespace penstock::pool

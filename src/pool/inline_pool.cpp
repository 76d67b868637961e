// SPDX-License-Identifier: MIT
#include <penstock/inline_pool.hpp>

#include "pool/inline_worker.hpp"
#include "pool/process_options.hpp"

#include <stdexcept>
#include <string>

namespace penstock {

namespace {

pool_options checked(pool_options options) {
    pool::refuse_process_options(options, "inline_pool");
    if (options.workers > 1)
        throw std::invalid_argument("penstock: inline_pool: workers is " + std::to_string(options.workers) +
                                    ", but tasks run in the thread that submits them; leave it at 0, or set it to 1");
    return options;
}

/// A task that its coroutine has yet to run.
class prepared_task final : public detail::later_launch::pool_side {
public:
    prepared_task(std::shared_ptr<pool::inline_worker> worker, detail::state_ref<detail::inline_task> task)
        : worker_(std::move(worker)), task_(std::move(task)) {}
    bool launch(std::function<void()>) override {
        worker_->run(*task_);
        return false;
    }

private:
    std::shared_ptr<pool::inline_worker> worker_;
    detail::state_ref<detail::inline_task> task_;
};

} // namespace

inline_pool::inline_pool(pool_options options)
    : worker_(std::make_shared<pool::inline_worker>(checked(std::move(options)))) {}

inline_pool::~inline_pool() { shutdown(); }

// A task or callback may destroy this object in the middle of a call: each holds the worker for itself.

void inline_pool::run(detail::inline_task& task) { std::shared_ptr(worker_)->run(task); }

bool inline_pool::try_run(detail::inline_task& task) { return std::shared_ptr(worker_)->try_run(task); }

detail::later_launch inline_pool::run_later(detail::state_ref<detail::inline_task> task) {
    auto future_side = detail::state_ref<detail::shared_state>::share(task.get());
    return {std::move(future_side), std::make_unique<prepared_task>(worker_, std::move(task))};
}

void inline_pool::wait_idle() { std::shared_ptr(worker_)->wait_idle(); }

void inline_pool::shutdown(shutdown_mode) { std::shared_ptr(worker_)->shut_down(); }

pool_stats inline_pool::stats() const { return worker_->stats(); }

} // namespace penstock

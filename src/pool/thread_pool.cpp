// SPDX-License-Identifier: MIT
#include <penstock/thread_pool.hpp>

#include "pool/process_options.hpp"
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

/// A task that its coroutine has yet to submit.
class prepared_task final : public detail::later_launch::pool_side {
public:
    prepared_task(std::shared_ptr<pool::thread_crew> crew, detail::state_ref<detail::thread_task> task,
                  task_priority priority)
        : crew_(std::move(crew)), task_(std::move(task)), priority_(priority) {}
    bool launch(std::function<void()> resume) override {
        const auto crew = crew_; // the coroutine may go on, and destroy this object, before the call returns
        return crew->submit_later(*task_, priority_, std::move(resume));
    }

private:
    std::shared_ptr<pool::thread_crew> crew_;
    detail::state_ref<detail::thread_task> task_;
    task_priority priority_;
};

} // namespace

thread_pool::thread_pool(pool_options options) {
    pool::refuse_process_options(options, "thread_pool");
    const std::size_t workers = checked_workers(options.workers);
    crew_ = std::make_shared<pool::thread_crew>(workers, std::move(options));
    crew_->start();
}

thread_pool::~thread_pool() { crew_->disband(); }

// A task or callback may destroy this object in the middle of a call: each holds the crew for itself.

void thread_pool::launch(detail::thread_task& task, task_priority priority) {
    if (crew_->has_me()) crew_->submit(task, priority); // a worker has a share of it
    else std::shared_ptr(crew_)->submit(task, priority);
}

bool thread_pool::try_launch(detail::thread_task& task, task_priority priority) {
    return std::shared_ptr(crew_)->try_submit(task, priority);
}

detail::later_launch thread_pool::launch_later(detail::state_ref<detail::thread_task> task, task_priority priority) {
    auto future_side = detail::state_ref<detail::shared_state>::share(task.get());
    return {std::move(future_side), std::make_unique<prepared_task>(crew_, std::move(task), priority)};
}

bool thread_pool::launch_on_all(std::vector<detail::state_ref<detail::thread_task>>& tasks) {
    return std::shared_ptr(crew_)->broadcast(tasks);
}

void thread_pool::pause() { std::shared_ptr(crew_)->pause(); }

void thread_pool::resume() { std::shared_ptr(crew_)->resume(); }

void thread_pool::wait_idle() { std::shared_ptr(crew_)->wait_idle(); }

void thread_pool::shutdown(shutdown_mode mode) { std::shared_ptr(crew_)->shut_down(mode); }

std::size_t thread_pool::workers() const noexcept { return crew_->workers(); }

void thread_pool::resize(std::size_t workers) { std::shared_ptr(crew_)->resize(checked_workers(workers)); }

pool_stats thread_pool::stats() const { return std::shared_ptr(crew_)->stats(); }

} // namespace penstock

// SPDX-License-Identifier: MIT
#include <penstock/this_task.hpp>

#include <penstock/detail/running_task.hpp>

#include <atomic>
#include <utility>

namespace penstock {

namespace detail {

namespace {
thread_local running_task* of_thread = nullptr;
std::atomic<running_task*> of_process{nullptr};
} // namespace

running_task* current_task() noexcept {
    return of_thread != nullptr ? of_thread : of_process.load(std::memory_order_acquire);
}

running_scope::running_scope(running_task& task) noexcept : before_(std::exchange(of_thread, &task)) {}

running_scope::~running_scope() { of_thread = before_; }

void install_for_process(running_task& task) noexcept { of_process.store(&task, std::memory_order_release); }

} // namespace detail

namespace this_task {

std::uint64_t id() noexcept {
    const detail::running_task* task = detail::current_task();
    return task != nullptr ? task->id() : 0;
}

bool stop_requested() noexcept {
    const detail::running_task* task = detail::current_task();
    return task != nullptr && task->stop_requested();
}

void progress(double fraction) noexcept {
    if (detail::running_task* task = detail::current_task()) task->progress(fraction);
}

} // namespace this_task

} // namespace penstock

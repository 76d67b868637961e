// SPDX-License-Identifier: MIT
#include <penstock/detail/thread_task.hpp>

#include "pool/thread_crew.hpp"

#include <penstock/errors.hpp>

#include <unistd.h>

namespace penstock::detail {

bool thread_task::cancel(bool force) {
    if (!claim()) {
        if (force) stop_.store(true, std::memory_order_relaxed);
        return force && !ready();
    }
    fail(std::make_exception_ptr(task_cancelled("penstock: " + name() + " was cancelled before it ran")));
    return true;
}

bool thread_task::help() { return pool::thread_crew::help(*this); }

bool thread_task::step_aside() { return pool::thread_crew::step_aside(*this); }

void thread_task::step_back() noexcept { pool::thread_crew::step_back(); }

void thread_task::rethrow_error() {
    if (error_ != nullptr) std::rethrow_exception(std::exchange(error_, nullptr));
}

void thread_task::execute() {
    set_running();
    try {
        invoke();
    } catch (...) {
        error_ = std::current_exception();
        if (error_ == nullptr) { // not an exception: pthread_exit. The thread goes, the future must not
            error_ = thread_ended();
            drop_closure();
            publish();
            throw;
        }
    }
    drop_closure();
    publish();
}

void thread_task::fail(std::exception_ptr error) noexcept {
    error_ = std::move(error);
    drop_closure();
    settle_before_callbacks_ = true; // one may destroy the pool, which waits for what is not settled
    publish();
    settle();
}

void thread_task::settle() noexcept {
    if (!settled_.exchange(true, std::memory_order_acq_rel)) crew_->settled();
}

std::exception_ptr thread_task::thread_ended() const {
    return std::make_exception_ptr(
        worker_died("penstock: the thread that ran " + name() + " ended in the middle of it",
                    {.pid = getpid(),
                     .label = label_,
                     .hint = "it called pthread_exit, or was ended by pthread_cancel"}));
}

std::string thread_task::name() const { return label_.empty() ? "a task" : "task '" + label_ + "'"; }

void thread_task::run_callbacks(callback* first) noexcept {
    if (settle_before_callbacks_) settle();
    run_callbacks_here(first, *this);
}

} // namespace penstock::detail

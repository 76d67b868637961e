// SPDX-License-Identifier: MIT
#include <penstock/detail/thread_task.hpp>

#include "future/futex.hpp"
#include "pool/process_options.hpp"
#include "pool/thread_crew.hpp"

#include <penstock/detail/running_task.hpp>
#include <penstock/errors.hpp>

#include <unistd.h>

#include <optional>
#include <sstream>

namespace penstock::detail {

namespace {

using clock = std::chrono::steady_clock;

/// Nothing where there is no limit, or one that no clock reaches.
std::optional<clock::time_point> limit_in(std::chrono::nanoseconds timeout) noexcept {
    if (timeout.count() == 0) return std::nullopt;
    const auto now = clock::now();
    if (timeout >= clock::time_point::max() - now) return std::nullopt;
    return now + timeout;
}

} // namespace

/// Lives on the stack around the task, which is the current one of its thread meanwhile.
class thread_task::running final : public running_task {
public:
    explicit running(thread_task& task) noexcept : task_(task), limit_(limit_in(task.timeout_)) {}

    bool is_late() const noexcept { return limit_ && clock::now() >= *limit_; }

    std::uint64_t id() const noexcept override { return task_.id_; }
    bool stop_requested() const noexcept override {
        return task_.phase_.load(std::memory_order_acquire) == phase::stopping || is_late();
    }
    void progress(double fraction) noexcept override { task_.set_progress(fraction); }
    void wait_for_stop(const std::atomic<bool>& over) noexcept override {
        const auto seen = task_.stop_word_.load(std::memory_order_acquire);
        if (!over.load(std::memory_order_acquire) && !stop_requested()) futex_wait(task_.stop_word_, seen, limit_);
    }
    void end_wait_for_stop() noexcept override { task_.wake_waiting(); }

private:
    thread_task& task_;
    std::optional<clock::time_point> limit_;
};

thread_task::thread_task(task_options&& options) 
    : label_(std::move(options.label)), timeout_(options.timeout), priority_(options.priority) {
    pool::refuse_process_options(options, "thread_pool");
}

bool thread_task::ask_to_stop() noexcept {
    phase seen = phase::claimed;
    if (!phase_.compare_exchange_strong(seen, phase::stopping, std::memory_order_acq_rel) && seen != phase::stopping)
        return false;
    wake_waiting();
    return true;
}

void thread_task::wake_waiting() noexcept {
    stop_word_.fetch_add(1, std::memory_order_release);
    futex_wake_all(stop_word_);
}

void thread_task::conclude(bool late) noexcept {
    const bool stopped = phase_.exchange(phase::ended, std::memory_order_acq_rel) == phase::stopping;
    if (!stopped && !late) return;
    drop_result();
    if (stopped) {
        error_ = std::make_exception_ptr(task_cancelled("penstock: " + name() + " was cancelled while it ran"));
        return;
    }
    std::ostringstream text;
    text << "penstock: " << name() << " ran longer than its timeout of "
         << std::chrono::duration<double, std::milli>(timeout_).count() << " ms and was asked to stop";
    error_ = std::make_exception_ptr(task_timeout(text.str()));
}

bool thread_task::cancel(bool force) {
    if (!discard()) return force && ask_to_stop();
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
    running here(*this);
    try {
        const running_scope known(here);
        invoke();
    } catch (...) {
        error_ = std::current_exception();
        if (error_ == nullptr) { // not an exception: pthread_exit. The thread goes, the future must not
            error_ = thread_ended();
            drop_closure();
            conclude(here.is_late());
            publish();
            throw;
        }
    }
    const bool late = here.is_late();
    drop_closure();
    conclude(late);
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

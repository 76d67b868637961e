// SPDX-License-Identifier: MIT
#include <penstock/detail/thread_task.hpp>

#include "future/futex.hpp"
#include "pool/process_options.hpp"
#include "pool/thread_crew.hpp"
#include "pool/thread_queue.hpp"

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
    explicit running(thread_task& task) noexcept
        : task_(task), limit_(limit_in(task.timeout())), counts_(pool::thread_crew::counts_of_this_worker()),
          begun_(counts_.begin(task.submitted_)) {}

    bool is_late() const noexcept { return limit_ && clock::now() >= *limit_; }
    void count(pool::task_end how) const noexcept { counts_.end(how, task_.submitted_, begun_); }

    std::uint64_t id() const noexcept override {
        if (id_ == 0) id_ = task_.crew()->next_id();
        return id_;
    }
    bool stop_requested() const noexcept override { return task_.stopping() || is_late(); }
    void progress(double fraction) noexcept override { task_.set_progress(fraction); }
    void wait_for_stop(const std::atomic<bool>& over) noexcept override {
        const auto seen = task_.phase_.load(std::memory_order_acquire);
        if (!over.load(std::memory_order_acquire) && !stop_requested()) futex_wait(task_.phase_, seen, limit_);
    }
    void end_wait_for_stop() noexcept override {
        task_.phase_.fetch_add(one_nudge, std::memory_order_acq_rel);
        futex_wake_all(task_.phase_);
    }

private:
    thread_task& task_;
    std::optional<clock::time_point> limit_;
    pool::thread_counts& counts_;
    const std::int64_t begun_;
    mutable std::uint64_t id_ = 0; // counted when asked for: few tasks ask
};

task_details checked_details(task_options&& options) {
    pool::refuse_process_options(options, "thread_pool");
    return {options.timeout, std::move(options.label)};
}

pool::thread_crew* thread_task::crew() const noexcept {
    const pool::thread_queue* home = home_.load(std::memory_order_acquire);
    return home != nullptr ? &home->crew() : nullptr;
}

std::chrono::nanoseconds thread_task::timeout() const noexcept {
    const task_details* own = details();
    return own != nullptr && own->timeout.count() != 0 ? own->timeout : crew()->task_timeout();
}

bool thread_task::ask_to_stop() noexcept {
    auto seen = phase_.load(std::memory_order_acquire);
    do {
        if ((seen & phase_mask) == stopping_phase) return true;
        if ((seen & phase_mask) != claimed_phase) return false;
    } while (!phase_.compare_exchange_weak(seen, (seen & ~phase_mask) | stopping_phase, std::memory_order_acq_rel));
    futex_wake_all(phase_);
    return true;
}

pool::task_end thread_task::conclude(bool late, bool failed) noexcept {
    const bool stopped = (phase_.exchange(ended_phase, std::memory_order_acq_rel) & phase_mask) == stopping_phase;
    if (!stopped && !late) return failed ? pool::task_end::error : pool::task_end::value;
    drop_outcome();
    if (stopped) {
        keep_error(std::make_exception_ptr(task_cancelled("penstock: " + name() + " was cancelled while it ran")));
        return pool::task_end::cancelled;
    }
    std::ostringstream text;
    text << "penstock: " << name() << " ran longer than its timeout of "
         << std::chrono::duration<double, std::milli>(timeout()).count() << " ms and was asked to stop";
    keep_error(std::make_exception_ptr(task_timeout(text.str())));
    return pool::task_end::late;
}

bool thread_task::cancel(bool force) {
    if (!discard()) return force && ask_to_stop();
    pool::thread_queue::forget(*this);
    fail(std::make_exception_ptr(task_cancelled("penstock: " + name() + " was cancelled before it ran")),
         pool::task_end::cancelled);
    return true;
}

bool thread_task::help() { return pool::thread_crew::help(*this); }

bool thread_task::step_aside() { return pool::thread_crew::step_aside(*this); }

void thread_task::step_back() noexcept { pool::thread_crew::step_back(); }

bool thread_task::runs_beside_me() const noexcept { return pool::thread_crew::is_colleagues(*this); }

void thread_task::execute() {
    set_running();
    running here(*this);
    std::exception_ptr error;
    try {
        const running_scope known(here);
        invoke();
    } catch (...) {
        error = std::current_exception();
        if (error == nullptr) { // not an exception: pthread_exit. The thread goes, the future must not
            finish(here, thread_ended());
            throw;
        }
    }
    finish(here, std::move(error));
}

void thread_task::finish(const running& here, std::exception_ptr error) noexcept {
    drop_closure();
    const bool failed = error != nullptr;
    if (failed) keep_error(std::move(error));
    here.count(conclude(here.is_late(), failed));
    publish();
}

void thread_task::fail(std::exception_ptr error, pool::task_end how) noexcept {
    drop_closure();
    keep_error(std::move(error));
    crew()->count_unrun(how);
    settle_before_callbacks_ = true; // one may destroy the pool, which waits for what is not settled
    publish();
    settle();
}

void thread_task::settle() noexcept {
    if (!settled_.exchange(true, std::memory_order_acq_rel)) crew()->settled(*this);
}

std::exception_ptr thread_task::thread_ended() const {
    const task_details* own = details();
    return std::make_exception_ptr(
        worker_died("penstock: the thread that ran " + name() + " ended in the middle of it",
                    {.pid = getpid(),
                     .label = own != nullptr ? own->label : std::string(),
                     .hint = "it called pthread_exit, or was ended by pthread_cancel"}));
}

std::string thread_task::name() const {
    const task_details* own = details();
    return own == nullptr || own->label.empty() ? "a task" : "task '" + own->label + "'";
}

void thread_task::run_callbacks(callback* first) noexcept {
    if (settle_before_callbacks_) settle();
    run_callbacks_here(first, *this);
}

} // namespace penstock::detail

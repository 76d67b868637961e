// SPDX-License-Identifier: MIT
#include <penstock/detail/inline_task.hpp>

#include "future/futex.hpp"
#include "pool/process_options.hpp"

#include <penstock/detail/running_task.hpp>
#include <penstock/errors.hpp>

#include <atomic>
#include <optional>
#include <sstream>
#include <utility>

namespace penstock::detail {

/// Lives on the stack around the task, which is the current one of its thread meanwhile. It is asked to stop by its
/// deadline alone, which it looks at itself.
class inline_task::running final : public running_task {
    using clock = std::chrono::steady_clock;

public:
    running(inline_task& task, std::uint64_t id) noexcept : task_(task), id_(id) {
        const auto now = clock::now();
        if (task.timeout_.count() != 0 && task.timeout_ < clock::time_point::max() - now) limit_ = now + task.timeout_;
    }

    std::uint64_t id() const noexcept override { return id_; }
    bool stop_requested() const noexcept override { return limit_ && clock::now() >= *limit_; }
    void progress(double fraction) noexcept override { task_.set_progress(fraction); }
    void wait_for_stop(const std::atomic<bool>& over) noexcept override {
        const auto seen = wake_ups_.load(std::memory_order_acquire);
        if (!over.load(std::memory_order_acquire) && !stop_requested()) futex_wait(wake_ups_, seen, limit_);
    }
    void end_wait_for_stop() noexcept override {
        wake_ups_.fetch_add(1, std::memory_order_release);
        futex_wake_all(wake_ups_);
    }

private:
    inline_task& task_;
    std::uint64_t id_;
    std::optional<clock::time_point> limit_;
    std::atomic<std::uint32_t> wake_ups_{0};
};

inline_task::inline_task(task_options&& options) : label_(std::move(options.label)), timeout_(options.timeout) {
    pool::refuse_process_options(options, "inline_pool");
}

void inline_task::rethrow_error() {
    if (error_ != nullptr) std::rethrow_exception(std::exchange(error_, nullptr));
}

inline_task::ending inline_task::execute(std::uint64_t id, std::chrono::nanoseconds timeout) {
    if (timeout_.count() == 0) timeout_ = timeout;
    running here(*this, id);
    try {
        const running_scope known(here);
        invoke();
    } catch (...) {
        error_ = std::current_exception();
        if (error_ == nullptr) throw; // pthread_exit: the thread goes that would have got the future
    }
    const bool late = here.stop_requested();
    if (late) {
        drop_result();
        error_ = too_late();
    }
    const ending how = late ? ending::late : error_ ? ending::error : ending::value;
    drop_closure();
    publish();
    return how;
}

void inline_task::fail(std::exception_ptr error) noexcept {
    error_ = std::move(error);
    drop_closure();
    publish();
}

std::exception_ptr inline_task::too_late() const {
    std::ostringstream text;
    text << "penstock: " << (label_.empty() ? "a task" : "task '" + label_ + "'") << " ran longer than its timeout of "
         << std::chrono::duration<double, std::milli>(timeout_).count() << " ms and was asked to stop";
    return std::make_exception_ptr(task_timeout(text.str()));
}

} // namespace penstock::detail

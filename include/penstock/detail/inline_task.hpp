// SPDX-License-Identifier: MIT
// A task of an inline pool, as the pool sees it: it runs in the call that submits it, so its future is ready when
// somebody first holds it. inline_closure adds what depends on types. Used by the submitting thread alone until then.
#pragma once

#include <penstock/detail/shared_state.hpp>
#include <penstock/pool_options.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <string>

namespace penstock::pool {
class inline_worker;
} // namespace penstock::pool

namespace penstock::detail {

class inline_task : public shared_state {
public:
    /// It is done when somebody can ask.
    bool cancel(bool) final { return false; }

protected:
    /// Throws std::invalid_argument for options that only a process pool can honour.
    explicit inline_task(task_options&& options);

    /// Calls the closure and keeps its result. Throws what the closure throws.
    virtual void invoke() = 0;
    virtual void drop_closure() noexcept = 0;
    /// Frees the result of a task that came to its end too late.
    virtual void drop_result() noexcept = 0;
    /// Throws what the task ended with, if it was an exception.
    void rethrow_error();

private:
    friend class pool::inline_worker;

    class running; // what this_task asks and says
    enum class ending : std::uint8_t { value, error, late };

    /// Runs the task and publishes its outcome. `timeout` counts where the task has none of its own. Throws only when
    /// the thread itself is being ended.
    ending execute(std::uint64_t id, std::chrono::nanoseconds timeout);
    void fail(std::exception_ptr error) noexcept;
    std::exception_ptr too_late() const;

    void run_callbacks(callback* first) noexcept final { run_callbacks_here(first, *this); }
    bool has_failed() const noexcept final { return is_failure(error_); }
    void destroy() noexcept final { delete this; }

    std::exception_ptr error_;
    std::string label_;
    std::chrono::nanoseconds timeout_; // 0 means none
};

} // namespace penstock::detail

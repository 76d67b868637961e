// SPDX-License-Identifier: MIT
// What submit_async gives to co_await: a task that is launched once there is room for it. Awaited once, by the coroutine
// that made it. Dropped without being awaited, the task is never launched; a coroutine that is destroyed while it waits
// for room is not resumed, and its task is cancelled. (Destroying it while it is being resumed is a race, as ever.)
#pragma once

#include <penstock/future.hpp>

#include <atomic>
#include <coroutine>
#include <functional>
#include <memory>
#include <utility>

namespace penstock::detail {

/// The untyped part: the pool behind it launches.
class later_launch {
public:
    class pool_side {
    public:
        virtual ~pool_side() = default;
        /// False when it was launched at once, and `resume` is not called.
        virtual bool launch(std::function<void()> resume) = 0;
    };

    later_launch() noexcept = default;
    later_launch(state_ref<shared_state> state, std::unique_ptr<pool_side> pool) noexcept
        : state_(std::move(state)), pool_(std::move(pool)) {}
    bool launch(std::function<void()> resume) { return pool_->launch(std::move(resume)); }
    state_ref<shared_state> take_state() noexcept { return std::move(state_); }

private:
    state_ref<shared_state> state_;
    std::unique_ptr<pool_side> pool_;
};

template <class T>
class [[nodiscard]] submit_awaiter {
public:
    submit_awaiter() noexcept = default;
    explicit submit_awaiter(later_launch launch) noexcept : launch_(std::move(launch)) {}

    bool await_ready() const noexcept { return false; }
    submit_awaiter(submit_awaiter&& other) noexcept = default;
    submit_awaiter& operator=(submit_awaiter&&) = delete;
    ~submit_awaiter() {
        if (!wake_up_ || wake_up_->exchange(true)) return; // never waited, or was resumed
        if (const auto state = launch_.take_state()) state->cancel(false);
    }

    /// Throws pool_closed.
    bool await_suspend(std::coroutine_handle<> waiting) {
        wake_up_ = std::make_shared<std::atomic<bool>>(false);
        const auto taken = wake_up_;
        bool waits = false;
        try {
            waits = launch_.launch([waiting, taken] {
                if (!taken->exchange(true)) waiting.resume();
            });
        } catch (...) { // it was not launched, so there is nothing to cancel
            taken->store(true);
            throw;
        }
        if (!waits) taken->store(true); // this object is still there: nobody else could resume
        return waits;
    }
    future<T> await_resume() noexcept { return future<T>(launch_.take_state()); }

private:
    later_launch launch_;
    std::shared_ptr<std::atomic<bool>> wake_up_; // true once it was resumed, or is not there to be
};

} // namespace penstock::detail

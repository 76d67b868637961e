// SPDX-License-Identifier: MIT
// future<T>: the result of one task, of a process pool or of a thread pool.
//
// Threads: one thread at a time uses a future (move it, do not share it). Ownership: move-only; it may outlive its
// pool, which resolves every future before it is gone; one that is dropped discards its result on arrival.
// Failure: get() throws what the task threw, or a penstock::error. Any use after get(), or of a default-made or
// moved-from future, throws std::future_error(std::future_errc::no_state).
#pragma once

#include <penstock/detail/shared_state.hpp>

#include <chrono>
#include <concepts>
#include <future>
#include <optional>
#include <type_traits>
#include <utility>

namespace penstock {

/// For future::cancel: end the task even when it is running.
inline constexpr bool force = true;

template <class T>
class [[nodiscard]] future {
public:
    using value_type = T;

    future() noexcept = default;
    explicit future(detail::state_ref<detail::shared_state> state) noexcept : state_(std::move(state)) {}
    future(future&&) noexcept = default;
    future& operator=(future&&) noexcept = default;

    bool valid() const noexcept { return static_cast<bool>(state_); }

    /// Waits, then moves the value out or throws what the task ended with. Once. The result is decoded here, in the
    /// calling thread.
    T get() {
        wait();
        const auto state = std::exchange(state_, {});
        if constexpr (std::is_void_v<T>) {
            state->take_once(nullptr);
        } else {
            std::optional<T> slot;
            state->take_once(&slot);
            return std::move(*slot);
        }
    }
    void wait() const { checked().wait(); }
    /// True when the result is there; false when the time came first.
    template <class Rep, class Period>
    bool wait_for(const std::chrono::duration<Rep, Period>& duration) const {
        using clock = std::chrono::steady_clock;
        const auto now = clock::now();
        const std::chrono::duration<double> wanted = duration;
        if (wanted >= std::chrono::duration<double>(clock::time_point::max() - now) / 2) return wait(), true;
        return checked().wait_until(now + std::chrono::duration_cast<clock::duration>(duration));
    }
    template <class Clock, class Duration>
    bool wait_until(const std::chrono::time_point<Clock, Duration>& limit) const {
        for (;;) {
            const auto now = Clock::now();
            if (ready() || now >= limit) return ready();
            if (wait_for(limit - now)) return true;
        }
    }
    bool ready() const { return checked().ready(); }
    /// True from the moment a worker has the task until its result is there.
    bool running() const { return checked().running(); }
    /// Ends a pending task with task_cancelled; it will never run. False when it runs already or is done. With force a
    /// running task is asked to stop (this_task::stop_requested) and, in a process pool, loses its worker when it has
    /// not ended within the pool's grace; the future gets task_cancelled then, whatever the task returns. True unless it
    /// was done.
    bool cancel(bool with_force = false) { return checked().cancel(with_force); }
    /// What the task last said with this_task::progress, from 0 to 1.
    double progress() const { return checked().progress(); }
    /// Runs `f()` or `f(future<T>&)` when the task is done, be it by value, error or cancel: on the callback thread
    /// of a process pool, on the worker of a thread pool. Callbacks run in the order added. A callback that calls
    /// get() on the future it was given takes the result: whoever asks second gets
    /// std::future_error(future_already_retrieved). What a callback throws is reported on standard error.
    template <class F>
        requires std::invocable<F&> || std::invocable<F&, future<T>&>
    void on_done(F f) {
        checked().add_callback(new done_callback<F>(std::move(f)));
    }

    /// For penstock's own headers: the node behind this handle.
    detail::shared_state& state() const { return checked(); }

private:
    template <class F>
    class done_callback final : public detail::callback {
    public:
        explicit done_callback(F f) : function_(std::move(f)) {}
        void run(detail::shared_state& state) noexcept override {
            try {
                if constexpr (std::invocable<F&, future<T>&>) {
                    future<T> handle(detail::state_ref<detail::shared_state>::share(&state));
                    function_(handle);
                } else {
                    function_();
                }
            } catch (...) {
                detail::report_callback_exception();
            }
        }

    private:
        F function_;
    };

    detail::shared_state& checked() const {
        if (!state_) throw std::future_error(std::future_errc::no_state);
        return *state_;
    }

    detail::state_ref<detail::shared_state> state_;
};

} // namespace penstock

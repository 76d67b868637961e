// SPDX-License-Identifier: MIT
// future<T>: the result of one task, of a process pool or of a thread pool.
//
// Threads: one thread at a time uses a future (move it, do not share it). Ownership: move-only; it may outlive its
// pool, which resolves every future before it is gone; one that is dropped discards its result on arrival.
// Failure: get() throws what the task threw, or a penstock::error. Any use after get(), or of a default-made or
// moved-from future, throws std::future_error(std::future_errc::no_state).
#pragma once

#include <penstock/detail/continuation.hpp>
#include <penstock/detail/future_awaiter.hpp>
#include <penstock/detail/shared_state.hpp>

#include <chrono>
#include <concepts>
#include <future>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace penstock {

/// For future::cancel: end the task even when it is running.
inline constexpr bool force = true;

template <class T>
class shared_future;

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
        if (wanted.count() <= 0) return checked().wait_until(now); // however far below
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

    /// Takes this future over (it has no state afterwards) and gives the future of what `f` makes of its result. `f` is
    /// called once, where on_done's functions run, with the value, as `f(T)` or, for void, `f()`; or with the future, as
    /// `f(future<T>)` or `f(future<T>&)`. What `f` throws, the new future throws. When `f` gives a future<U>, the result
    /// is a future<U> too, which is ready when that one is.
    /// Where this future ends with an exception, an `f` that takes the value is not called, and the new future ends so.
    /// cancel() of the new future, as long as `f` does not run, makes sure that it never will, and cancels this task.
    template <class F>
    auto then(F f) {
        static_assert(detail::takes_result<T, future<T>, F>(),
                      "penstock: then: the function takes neither the value nor the future<T>");
        auto& source = checked();
        const auto alive = std::exchange(state_, {});
        return detail::chain(
            source,
            [function = std::move(f)](detail::shared_state& done) mutable {
                return detail::call_with_result<T>(std::move(function), done);
            },
            true);
    }
    /// The same, but `f` becomes a task of this pool, with the value as its argument (or with the future, in a thread
    /// pool): what may be sent there, and how it ends, is as of pool.submit(f, value), but where the pool is full the new
    /// future ends with queue_full. The pool must live until this future is ready.
    template <class Pool, class F>
    auto then(Pool& pool, F f) {
        return detail::flattened(then(detail::submission<Pool, F, T>(pool, std::move(f))));
    }
    /// Takes this future over and gives one that many threads can use and copy.
    shared_future<T> share();
    /// co_await std::move(f): what get() gives, without a thread that waits. The coroutine, of any type, goes on where
    /// on_done's functions run, or at once when the future is ready.
    auto operator co_await() && { return detail::future_awaiter<future>(std::move(*this)); }

    /// For penstock's own headers: the node behind this handle.
    detail::shared_state& state() const { return checked(); }

private:
    template <class F>
    class done_callback final : public detail::callback {
    public:
        explicit done_callback(F f) : function_(std::move(f)) {}
        void run(detail::shared_state& state) noexcept override {
            const std::unique_ptr<done_callback> ends_here(this);
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

#include <penstock/detail/submission.hpp>
#include <penstock/shared_future.hpp>

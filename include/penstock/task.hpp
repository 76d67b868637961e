// SPDX-License-Identifier: MIT
// task<T>: a coroutine that gives a T and waits for futures, or other tasks, without a thread of its own.
//
//   task<int> both(process_pool& pool) {
//       auto first = pool.submit(fib, 30);
//       auto second = pool.submit(fib, 31);
//       co_return co_await std::move(first) + co_await std::move(second);
//   }
//   int sum = start(both(pool)).get();
//
// Lazy: it begins when it is awaited, started, or asked with get(). It runs in the thread that begins it, and goes on
// after a co_await where the future's callbacks run: on the callback thread of a process pool, on the worker of a thread
// pool. However many tasks await each other, or futures that are ready, the stack stays flat.
//
// Any other coroutine type can co_await futures and tasks too.
//
// Threads: one thread at a time uses a task object. Ownership: it owns the coroutine until it is awaited or started. One
// that is destroyed while it waits is not resumed. Failure: what the coroutine throws comes out of co_await and get();
// a task without a coroutine (moved from, or begun already) throws std::future_error(no_state).
#pragma once

#include <penstock/detail/task_promise.hpp>
#include <penstock/errors.hpp>
#include <penstock/future.hpp>

#include <coroutine>
#include <future>
#include <utility>

namespace penstock {

template <class T>
class [[nodiscard]] task {
public:
    using value_type = T;
    using promise_type = detail::task_promise<T>;

    task() noexcept = default;
    explicit task(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}
    task(task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
    task& operator=(task&& other) noexcept {
        std::swap(coroutine_, other.coroutine_);
        return *this;
    }
    ~task() {
        if (coroutine_) coroutine_.destroy();
    }

    bool valid() const noexcept { return static_cast<bool>(coroutine_); }
    /// Runs it and waits for its end.
    T get();

    auto operator co_await() && {
        if (!coroutine_) throw std::future_error(std::future_errc::no_state);
        return awaiter(std::move(*this));
    }

private:
    class awaiter {
    public:
        explicit awaiter(task&& awaited) noexcept : task_(std::move(awaited)) {}
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> waiting) const {
            const auto next = task_.coroutine_;
            next.promise().awaited_by = waiting;
            detail::hand_over(waiting, next);
        }
        T await_resume() const { return task_.coroutine_.promise().take(); }

    private:
        task task_;
    };

    std::coroutine_handle<promise_type> coroutine_;
};

namespace detail {

template <class T>
task<T> task_promise<T>::get_return_object() noexcept {
    return task<T>(std::coroutine_handle<task_promise>::from_promise(*this));
}
inline task<void> task_promise<void>::get_return_object() noexcept {
    return task<void>(std::coroutine_handle<task_promise>::from_promise(*this));
}

/// Completes the future of a started task; where its coroutine is destroyed instead, with an error.
template <class T>
class started_task {
public:
    started_task() = default;
    started_task(started_task&&) noexcept = default;
    ~started_task() {
        if (state_)
            state_->fail(std::make_exception_ptr(task_cancelled("penstock: a started coroutine was destroyed before its end")));
    }

    future<T> get_future() const {
        return future<T>(state_ref<shared_state>(state_ref<promise_state<T>>::share(state_.get())));
    }
    template <class... V>
    void complete(V&&... value) {
        state_->complete(std::forward<V>(value)...);
        state_ = {};
    }
    void fail(std::exception_ptr error) noexcept {
        state_->fail(std::move(error));
        state_ = {};
    }

private:
    state_ref<promise_state<T>> state_ = state_ref<promise_state<T>>::adopt(new promise_state<T>);
};

/// A coroutine that nobody owns: it runs at once, and frees itself at its end.
struct detached {
    struct promise_type {
        detached get_return_object() const noexcept { return {}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() const noexcept { std::terminate(); } // run_started catches all
    };
};

template <class T>
detached run_started(task<T> given, started_task<T> result) {
    std::exception_ptr error; // published outside of the catch: the consumer shall have the last reference
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(given); // after this statement the coroutine is gone, with all that it held
            result.complete();
        } else {
            std::optional<T> value;
            value.emplace(co_await std::move(given));
            result.complete(std::move(*value));
        }
    } catch (...) {
        error = std::current_exception();
    }
    if (error) result.fail(std::move(error));
}

} // namespace detail

/// Begins the task in this thread. The future is ready when the coroutine has ended. It cannot be cancelled but with
/// force, which makes it end with task_cancelled once the coroutine has ended.
template <class T>
future<T> start(task<T> given) {
    if (!given.valid()) throw std::future_error(std::future_errc::no_state);
    detail::started_task<T> result;
    auto ended = result.get_future();
    detail::run_started(std::move(given), std::move(result));
    return ended;
}

template <class T>
T task<T>::get() {
    return start(std::move(*this)).get();
}

} // namespace penstock

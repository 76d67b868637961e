// SPDX-License-Identifier: MIT
// A lazy coroutine: it begins when it is awaited (or given to run_here or multi_transport::spawn), belongs to one
// owner, and hands its result or exception to whoever awaits it. A task and everything it awaits stay in one thread.
//
// A child that ends without suspending gives its result at once, on a flat stack: a loop of ten thousand operations
// over a blocking transport needs no more stack than one, also in builds without tail calls.
//
// Take parameters of coroutines by value: a task may begin after the arguments of its call are gone.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace s3 {

template <class T>
class task;

namespace detail {

class promise_base {
public:
    struct final_awaiter {
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        template <class Promise>
        std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
            const std::coroutine_handle<> next = ended.promise().continuation_;
            return next ? next : std::noop_coroutine();
        }
        void await_resume() const noexcept {}
    };

    [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
    [[nodiscard]] final_awaiter final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { error_ = std::current_exception(); }
    void continue_with(std::coroutine_handle<> next) noexcept { continuation_ = next; }

protected:
    void rethrow() const {
        if (error_) std::rethrow_exception(error_);
    }

private:
    std::coroutine_handle<> continuation_;
    std::exception_ptr error_;
};

template <class T>
class promise : public promise_base {
public:
    task<T> get_return_object() noexcept;
    template <class U>
    void return_value(U&& value) {
        value_.emplace(std::forward<U>(value));
    }
    T take() {
        rethrow();
        return std::move(*value_);
    }

private:
    std::optional<T> value_;
};

template <>
class promise<void> : public promise_base {
public:
    task<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    void take() const { rethrow(); }
};

}  // namespace detail

template <class T>
class [[nodiscard]] task {
public:
    using promise_type = detail::promise<T>;
    using handle = std::coroutine_handle<promise_type>;

    task() noexcept = default;
    explicit task(handle frame) noexcept : frame_(frame) {}
    task(task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {}
    task& operator=(task&& other) noexcept {
        if (this != &other) {
            destroy();
            frame_ = std::exchange(other.frame_, {});
        }
        return *this;
    }
    task(const task&) = delete;
    task& operator=(const task&) = delete;
    ~task() { destroy(); }

    // Runs it until it ends or waits for a transport. Only for whoever owns a task that nobody awaits.
    void begin() const { frame_.resume(); }
    [[nodiscard]] bool done() const noexcept { return frame_ && frame_.done(); }
    // The result of a task that is done, or its exception; once.
    T take() const { return frame_.promise().take(); }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    [[nodiscard]] bool await_suspend(std::coroutine_handle<> parent) const {
        frame_.resume();
        if (frame_.done()) return false;
        frame_.promise().continue_with(parent);
        return true;
    }
    T await_resume() const { return take(); }

private:
    void destroy() noexcept {
        if (frame_) frame_.destroy();
    }

    handle frame_;
};

namespace detail {

template <class T>
task<T> promise<T>::get_return_object() noexcept {
    return task<T>(std::coroutine_handle<promise>::from_promise(*this));
}

inline task<void> promise<void>::get_return_object() noexcept {
    return task<void>(std::coroutine_handle<promise>::from_promise(*this));
}

}  // namespace detail

// Runs a task whose requests go to a blocking_transport, in the calling thread. Throws what the task throws.
template <class T>
T run_here(task<T> work) {
    work.begin();
    if (!work.done())
        throw std::logic_error("run_here needs a task whose transport completes requests in place");
    return work.take();
}

}  // namespace s3

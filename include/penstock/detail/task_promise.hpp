// SPDX-License-Identifier: MIT
// The promise of a penstock::task: where its coroutine keeps what it ended with, and who goes on then.
#pragma once

#include <penstock/detail/resume_loop.hpp>

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace penstock {
template <class T>
class task;
}

namespace penstock::detail {

class task_promise_base {
    struct at_the_end {
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> ended) const noexcept {
            hand_over(ended, ended.promise().awaited_by);
        }
        void await_resume() const noexcept {}
    };

public:
    std::suspend_always initial_suspend() const noexcept { return {}; }
    at_the_end final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { error_ = std::current_exception(); }

    std::coroutine_handle<> awaited_by;

protected:
    void rethrow_error() {
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    }

private:
    std::exception_ptr error_;
};

template <class T>
class task_promise final : public task_promise_base {
public:
    task<T> get_return_object() noexcept;
    template <class V>
    void return_value(V&& value) {
        value_.emplace(std::forward<V>(value));
    }
    T take() {
        rethrow_error();
        return std::move(*value_);
    }

private:
    std::optional<T> value_;
};

template <>
class task_promise<void> final : public task_promise_base {
public:
    task<void> get_return_object() noexcept;
    void return_void() const noexcept {}
    void take() { rethrow_error(); }
};

} // namespace penstock::detail

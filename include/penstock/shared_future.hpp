// SPDX-License-Identifier: MIT
// shared_future<T>: a result for many. Made by future<T>::share(); copies of it are handles on the same result.
//
// Threads: one thread at a time uses one object, any number of threads use copies. Failure: as of future<T>, but get()
// may be called again and again, and an exception is the same object for all.
// Ownership: the result lives as long as the last copy. A result of a process pool is decoded once, by whoever asks first.
#pragma once

#include <penstock/detail/future_awaiter.hpp>
#include <penstock/detail/shared_result.hpp>
#include <penstock/future.hpp>

#include <chrono>
#include <concepts>
#include <functional>
#include <future>
#include <memory>
#include <type_traits>
#include <utility>

namespace penstock {

template <class T>
class [[nodiscard]] shared_future {
public:
    using value_type = T;

    shared_future() noexcept = default;
    shared_future(future<T>&& only) : result_(std::make_shared<detail::shared_result<T>>(std::move(only))) {}

    bool valid() const noexcept { return result_ != nullptr; }
    /// Waits. The reference is good as long as any copy is there. Throws what the task ended with.
    std::add_lvalue_reference_t<const T> get() const {
        checked().source().wait();
        return result_->get();
    }
    void wait() const { checked().source().wait(); }
    template <class Rep, class Period>
    bool wait_for(const std::chrono::duration<Rep, Period>& duration) const {
        return checked().source().wait_for(duration);
    }
    template <class Clock, class Duration>
    bool wait_until(const std::chrono::time_point<Clock, Duration>& limit) const {
        return checked().source().wait_until(limit);
    }
    bool ready() const { return checked().source().ready(); }
    bool running() const { return checked().source().running(); }
    double progress() const { return checked().source().progress(); }
    /// For all copies.
    bool cancel(bool with_force = false) const { return checked().source().state().cancel(with_force); }
    /// `f()`, or `f(shared_future<T>)`.
    template <class F>
        requires std::invocable<F&> || std::invocable<F&, shared_future<T>>
    void on_done(F f) const {
        checked().source().on_done([all = *this, function = std::move(f)]() mutable {
            if constexpr (std::invocable<F&, shared_future<T>>) function(std::move(all));
            else function();
        });
    }
    /// As future<T>::then, but this object keeps its result: `f` takes a const T& (or T), for void nothing, or a
    /// shared_future<T>; and cancelling the new future cancels only that.
    template <class F>
    auto then(F f) const {
        static_assert(takes_result<F>,
                      "penstock: then: the function takes neither the value (const T&) nor the shared_future<T>");
        return detail::chain(
            checked().source().state(),
            [all = *this, function = std::move(f)](detail::shared_state&) mutable {
                return all.call_with_result(std::move(function));
            },
            false);
    }
    /// The same, but `f` becomes a task of this pool: see future<T>::then.
    template <class Pool, class F>
    auto then(Pool& pool, F f) const {
        static_assert(takes_result<F>,
                      "penstock: then: the function takes neither the value (const T&) nor the shared_future<T>");
        return detail::flattened(then([&pool, all = *this, function = std::move(f)](const shared_future&) mutable {
            if constexpr (!detail::takes_shared_value<T, F>) return pool.submit(std::move(function), std::move(all));
            else if constexpr (std::is_void_v<T>) return all.get(), pool.submit(std::move(function));
            else return pool.submit(std::move(function), all.get());
        }));
    }

    /// co_await f: what get() gives.
    auto operator co_await() const { return detail::future_awaiter<shared_future>(*this); }

    /// For penstock's own headers: the node behind this handle.
    detail::shared_state& state() const { return checked().source().state(); }

private:
    template <class F>
    static constexpr bool takes_result = [] {
        if constexpr (detail::takes_shared_value<T, F>) return true;
        else return std::invocable<F, shared_future<T>>;
    }();

    template <class F>
    auto call_with_result(F&& f) {
        if constexpr (!detail::takes_shared_value<T, F>) return std::invoke(std::forward<F>(f), std::move(*this));
        else if constexpr (std::is_void_v<T>) return result_->get(), std::invoke(std::forward<F>(f));
        else return std::invoke(std::forward<F>(f), result_->get());
    }
    detail::shared_result<T>& checked() const {
        if (!result_) throw std::future_error(std::future_errc::no_state);
        return *result_;
    }

    std::shared_ptr<detail::shared_result<T>> result_;
};

template <class T>
shared_future<T> future<T>::share() {
    static_cast<void>(checked());
    return shared_future<T>(std::move(*this));
}

} // namespace penstock

// SPDX-License-Identifier: MIT
// What future::then(pool, f) does once the future is ready: submits f to the pool.
#pragma once

#include <penstock/detail/continuation.hpp>
#include <penstock/future.hpp>

#include <type_traits>
#include <utility>

namespace penstock::detail {

template <class Pool, class F, class T>
class submission {
public:
    submission(Pool& pool, F f) : pool_(&pool), function_(std::move(f)) {}

    template <class V>
        requires(!std::is_void_v<T> && std::is_same_v<V, T> && takes_value<T, F>)
    auto operator()(V value) {
        return pool_->submit(std::move(function_), std::move(value));
    }
    auto operator()()
        requires(std::is_void_v<T> && takes_value<T, F>)
    {
        return pool_->submit(std::move(function_));
    }
    auto operator()(future<T> done)
        requires(!takes_value<T, F>)
    {
        return pool_->submit([function = std::move(function_), handle = std::move(done)]() mutable {
            if constexpr (std::invocable<F, future<T>>) return std::move(function)(std::move(handle));
            else return std::move(function)(handle);
        });
    }

private:
    Pool* pool_;
    F function_;
};

/// The future of a future's future is one of the latter's kind.
template <class T>
future<T> flattened(future<T> plain) {
    return plain;
}
template <class T>
future<T> flattened(future<future<T>> nested) {
    return nested.then([](future<T> inner) { return inner; });
}

} // namespace penstock::detail

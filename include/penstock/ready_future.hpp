// SPDX-License-Identifier: MIT
// Futures that are ready from the start, for functions that give futures and know the result already. They belong to no
// pool: what is added to them (then, on_done) runs at once, in the thread that adds it.
#pragma once

#include <penstock/future.hpp>

#include <concepts>
#include <exception>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace penstock {

namespace detail {
template <class T>
future<T> future_of(state_ref<promise_state<T>> state) {
    return future<T>(state_ref<shared_state>(std::move(state)));
}
template <class T>
state_ref<promise_state<T>> make_promise() {
    return state_ref<promise_state<T>>::adopt(new promise_state<T>);
}
} // namespace detail

template <class T>
future<std::decay_t<T>> make_ready_future(T&& value) {
    auto state = detail::make_promise<std::decay_t<T>>();
    state->complete(std::forward<T>(value));
    return detail::future_of(std::move(state));
}
inline future<void> make_ready_future() {
    auto state = detail::make_promise<void>();
    state->complete();
    return detail::future_of(std::move(state));
}

/// Throws std::invalid_argument when there is no exception in it.
template <class T>
future<T> make_failed_future(std::exception_ptr error) {
    if (error == nullptr) throw std::invalid_argument("penstock: make_failed_future: the exception is null");
    auto state = detail::make_promise<T>();
    state->fail(std::move(error));
    return detail::future_of(std::move(state));
}
template <class T, class Exception>
    requires(!std::convertible_to<Exception, std::exception_ptr>)
future<T> make_failed_future(Exception error) {
    return make_failed_future<T>(std::make_exception_ptr(std::move(error)));
}

} // namespace penstock

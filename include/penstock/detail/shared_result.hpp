// SPDX-License-Identifier: MIT
// What the copies of a shared_future<T> have in common: the future, and the value once somebody has asked for it.
#pragma once

#include <concepts>
#include <exception>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

namespace penstock {
template <class T>
class future; // future.hpp includes this
}

namespace penstock::detail {

template <class T, class F>
inline constexpr bool takes_shared_value = std::invocable<F, const T&>;
template <class F>
inline constexpr bool takes_shared_value<void, F> = std::invocable<F>;

template <class T>
class shared_result {
    struct nothing {};

public:
    explicit shared_result(future<T>&& source) noexcept : source_(std::move(source)) {}

    future<T>& source() noexcept { return source_; }
    /// Requires source().ready(). Any number of threads.
    std::add_lvalue_reference_t<const T> get() {
        std::call_once(taken_, [this] { take(); });
        if (error_) std::rethrow_exception(error_);
        if constexpr (!std::is_void_v<T>) return *value_;
    }

private:
    void take() noexcept {
        try {
            if constexpr (std::is_void_v<T>) source_.state().take_once(nullptr);
            else source_.state().take_once(&value_);
        } catch (...) {
            error_ = std::current_exception();
        }
    }

    future<T> source_;
    std::once_flag taken_;
    std::optional<std::conditional_t<std::is_void_v<T>, nothing, T>> value_;
    std::exception_ptr error_;
};

} // namespace penstock::detail

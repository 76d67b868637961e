// SPDX-License-Identifier: MIT
// A linked_state and its value T. Whoever ends it stores the value before it does; the consumer takes it.
#pragma once

#include <penstock/detail/linked_state.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace penstock::detail {

template <class T>
class value_state : public linked_state {
    struct nothing {};

public:
    using linked_state::linked_state;

protected:
    template <class... V>
    void store(V&&... value) {
        value_.emplace(std::forward<V>(value)...);
    }

private:
    void drop_value() noexcept override { value_.reset(); }
    void take(void* slot) override {
        rethrow_error();
        if constexpr (!std::is_void_v<T>) static_cast<std::optional<T>*>(slot)->emplace(std::move(*value_));
        value_.reset();
    }

    std::optional<std::conditional_t<std::is_void_v<T>, nothing, T>> value_;
};

/// What is made ready by hand: by the code that made it, once.
template <class T>
class promise_state final : public value_state<T> {
public:
    explicit promise_state(std::shared_ptr<callback_home> home = nullptr) noexcept
        : value_state<T>(std::move(home), linked_state::phase::running) {}
    /// Throws what moving the value throws; it is not complete then.
    template <class... V>
    void complete(V&&... value) {
        this->store(std::forward<V>(value)...);
        this->end();
    }
    void fail(std::exception_ptr error) noexcept { this->end(std::move(error)); }
};

} // namespace penstock::detail

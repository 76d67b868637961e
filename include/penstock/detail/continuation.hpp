// SPDX-License-Identifier: MIT
// What future::then makes: in one allocation the callback of its source and the state of the future it gives. When the
// source is ready, where its pool runs callbacks, the function is called; when it gives a future in turn, the same object
// waits for that one as it waited for the source.
#pragma once

#include <penstock/detail/value_state.hpp>

#include <concepts>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

namespace penstock {
template <class T>
class future;
}

namespace penstock::detail {

// In submission.hpp, which needs the complete future.
template <class Pool, class F, class T>
class submission;
template <class T>
future<T> flattened(future<T> plain);
template <class T>
future<T> flattened(future<future<T>> nested);

template <class T>
struct unwrapped {
    using type = T;
    static constexpr bool is_future = false;
};
template <class T>
struct unwrapped<future<T>> {
    using type = T;
    static constexpr bool is_future = true;
};

/// How a function F takes what a future<T> holds.
template <class T, class F>
inline constexpr bool takes_value = std::invocable<F, T>;
template <class F>
inline constexpr bool takes_value<void, F> = std::invocable<F>;
/// One question at a time: a generic lambda that takes one of them may not even compile with the other.
template <class T, class Future, class F>
consteval bool takes_result() {
    if constexpr (takes_value<T, F>) return true;
    else if constexpr (std::invocable<F, Future>) return true;
    else return std::invocable<F, Future&>;
}

/// Calls `f` with the value of a ready state, or with a handle on it. Throws what the state ended with where `f` takes
/// the value. Gives a value, not a reference into what dies here.
template <class T, class F>
auto call_with_result(F&& f, shared_state& source) {
    if constexpr (std::is_void_v<T> && takes_value<T, F>) {
        source.take_once(nullptr);
        return std::invoke(std::forward<F>(f));
    } else if constexpr (takes_value<T, F>) {
        std::optional<T> value;
        source.take_once(&value);
        return std::invoke(std::forward<F>(f), std::move(*value));
    } else {
        future<T> handle(state_ref<shared_state>::share(&source));
        if constexpr (std::invocable<F, future<T>>) return std::invoke(std::forward<F>(f), std::move(handle));
        else return std::invoke(std::forward<F>(f), handle);
    }
}

/// `Call` is a function of a ready shared_state&, called once, as an rvalue; R is its decayed result.
template <class Call, class R>
class continuation final : public value_state<typename unwrapped<R>::type>, public callback {
    using value = typename unwrapped<R>::type;

public:
    /// `owned`: whether nobody else can take the result of the source.
    continuation(Call call, shared_state& source, bool owned) : value_state<value>(source.home()), call_(std::move(call)) {
        this->set_input(source, owned);
    }

    void run(shared_state& ready) noexcept override {
        std::exception_ptr error; // published outside of the catch: the consumer shall have the last reference
        if (this->begin()) {
            try {
                if (call_) call(ready);
                else take_over(ready);
            } catch (...) {
                error = std::current_exception();
            }
        }
        if (error) this->end(std::move(error));
        this->release();
    }

private:
    void call(shared_state& ready) {
        if constexpr (unwrapped<R>::is_future) {
            const R inner = std::move(*call_)(ready);
            call_.reset();
            wait_for(inner.state());
        } else {
            if constexpr (std::is_void_v<value>) std::move(*call_)(ready);
            else this->store(std::move(*call_)(ready));
            this->end();
        }
    }
    void wait_for(shared_state& inner) {
        if (!this->follow(inner)) {
            inner.cancel(true);
            return this->end();
        }
        this->retain(); // as run() gives up the reference of the first callback
        inner.add_callback(this);
    }
    void take_over(shared_state& inner) {
        if constexpr (std::is_void_v<value>) {
            inner.take_once(nullptr);
        } else {
            std::optional<value> taken;
            inner.take_once(&taken);
            this->store(std::move(*taken));
        }
        this->end();
    }
    void drop_function() noexcept override { call_.reset(); }

    std::optional<Call> call_; // empty once it was called
};

/// Runs `call` when `source` is ready, and gives the state of what comes of it.
template <class Call>
auto chain(shared_state& source, Call call, bool owned) {
    using result = std::decay_t<decltype(std::declval<Call>()(source))>;
    using link = continuation<Call, result>;
    auto state = state_ref<link>::adopt(new link(std::move(call), source, owned));
    state->retain(); // for the callback
    source.add_callback(state.get());
    return future<typename unwrapped<result>::type>(state_ref<shared_state>(std::move(state)));
}

} // namespace penstock::detail

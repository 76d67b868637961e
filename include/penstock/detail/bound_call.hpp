// SPDX-License-Identifier: MIT
// call(f, args...): a call kept for later, as pool options take them: {.initializer = call(open_log, "worker.log")}.
//
// What can be sent is encoded at once, so that the same value serves threads and processes; a lambda with captures is
// kept as it is and serves thread pools alone (a process pool refuses it when it is built). Copies share their state;
// running it from several threads at once is fine when the callable is.
#pragma once

#include <penstock/detail/call.hpp>

#include <functional>
#include <memory>

namespace penstock {

class bound_call {
public:
    /// Nothing to call.
    bound_call() noexcept = default;

    explicit operator bool() const noexcept { return here_ != nullptr || encoded_ != nullptr; }
    /// Runs it in this thread.
    void operator()() const;
    bool can_be_sent() const noexcept { return encoded_ != nullptr; }

    /// For penstock's own use: the callable and its encoded arguments. Requires can_be_sent().
    detail::callable_ref callable() const noexcept { return callable_; }
    std::span<const std::byte> arguments() const noexcept { return encoded_->bytes(); }

    explicit bound_call(std::function<void()> here);
    bound_call(detail::callable_ref callable, std::span<const std::byte> arguments);

private:
    detail::callable_ref callable_;
    std::shared_ptr<const detail::byte_buffer> encoded_;
    std::shared_ptr<const std::function<void()>> here_;
};

template <class F, class... Args>
bound_call call(F&& f, Args&&... args) {
    if constexpr (submittable<F, Args...>) {
        const std::decay_t<F> callable(std::forward<F>(f));
        // Passed as lvalues: nothing may be borrowed from arguments that end with this statement.
        const auto encoded = detail::call_encoder_for<F, const std::decay_t<Args>&...>::encode(callable, std::as_const(args)...);
        return bound_call(encoded.callable, encoded.flat->bytes());
    } else {
        return bound_call(std::function<void()>(
            [f = std::decay_t<F>(std::forward<F>(f)), ... args = std::decay_t<Args>(std::forward<Args>(args))]() mutable {
                std::invoke(f, args...);
            }));
    }
}

} // namespace penstock

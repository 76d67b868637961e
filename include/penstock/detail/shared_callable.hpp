// SPDX-License-Identifier: MIT
// A callable that the chunks of a map share in a thread pool, so that large captures are not copied for each
// and move-only ones will do. Called as const from several threads at once, which const promises to bear.
#pragma once

#include <penstock/detail/signature.hpp>

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace penstock::detail {

template <class F>
class shared_callable {
public:
    using penstock_parameters = typename fixed_parameters<F>::type;

    explicit shared_callable(F f) : callable_(std::make_shared<const F>(std::move(f))) {}
    template <class... A>
        requires std::is_invocable_v<const F&, A...>
    decltype(auto) operator()(A&&... arguments) const {
        return std::invoke(*callable_, std::forward<A>(arguments)...);
    }

private:
    std::shared_ptr<const F> callable_;
};

}  // namespace penstock::detail

// SPDX-License-Identifier: MIT
// Makes the owned value of a parameter (signature.hpp) out of whatever the caller has, with the conversions
// that a sent argument goes through. Called in the caller's thread; throws what the conversion throws, and
// payload_error for a null const char*.
#pragma once

#include <penstock/callable.hpp>
#include <penstock/detail/type_name.hpp>
#include <penstock/errors.hpp>

#include <string>
#include <type_traits>
#include <utility>

namespace penstock::detail {

template <class P, class A>
owned_argument_t<P> make_owned(A&& argument) {
    using owned = owned_argument_t<P>;
    using given = std::remove_cvref_t<A>;
    if constexpr (std::is_same_v<given, owned>) {
        return owned(std::forward<A>(argument));
    } else if constexpr (std::is_same_v<owned, std::string> && std::is_convertible_v<A, const char*>) {
        const char* text = argument;
        if (text == nullptr)
            throw payload_error(payload_side::argument_encode, std::string(type_name<P>()),
                                "a null const char* cannot be sent");
        return owned(text);
    } else if constexpr (is_view<std::remove_cvref_t<P>> &&
                         std::is_convertible_v<A, std::remove_cvref_t<P>>) {
        const auto view = static_cast<std::remove_cvref_t<P>>(std::forward<A>(argument));
        return owned(view.begin(), view.end());
    } else {
        return static_cast<owned>(std::forward<A>(argument));
    }
}

template <class P>
struct owned_maker {
    template <class A>
    owned_argument_t<P> operator()(A&& argument) const {
        return make_owned<P>(std::forward<A>(argument));
    }
};

}  // namespace penstock::detail

// SPDX-License-Identifier: MIT
// What a callable takes, read from its type: arguments follow the parameter types, not the types of what the caller
// happened to pass, so that submit(f, "text") sends a std::string to a std::string_view parameter. A callable whose
// call operator is overloaded or a template has no fixed parameters; its arguments travel as their decayed selves.
#pragma once

#include <penstock/detail/stop_token_scope.hpp>

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace penstock::detail {

template <class... T>
struct type_list {
    static constexpr std::size_t size = sizeof...(T);
};

template <class Call> struct call_operator; // the parameters of a member function pointer

// By deduction, as that sees through noexcept and through clang's noreturn, which is part of the type of such as abort.
template <class R, class... P>
std::type_identity<type_list<P...>> parameters_of_function(R (*)(P...));
std::type_identity<void> parameters_of_function(...); // printf and its like

#define PENSTOCK_CALL_OPERATOR(qualifiers, object)                                                                  \
    template <class R, class C, class... P> struct call_operator<R (C::*)(P...) qualifiers> {                       \
        using parameters = type_list<P...>;                                                                         \
        using with_object = type_list<object, P...>;                                                                \
    }
PENSTOCK_CALL_OPERATOR(, C);
PENSTOCK_CALL_OPERATOR(const, const C&);
PENSTOCK_CALL_OPERATOR(&, C);
PENSTOCK_CALL_OPERATOR(const&, const C&);
PENSTOCK_CALL_OPERATOR(&&, C);
PENSTOCK_CALL_OPERATOR(noexcept, C);
PENSTOCK_CALL_OPERATOR(const noexcept, const C&);
PENSTOCK_CALL_OPERATOR(& noexcept, C);
PENSTOCK_CALL_OPERATOR(const& noexcept, const C&);
PENSTOCK_CALL_OPERATOR(&& noexcept, C);
#undef PENSTOCK_CALL_OPERATOR

/// Neither overloaded, nor a template, nor with a C ellipsis.
template <class F>
concept has_plain_call_operator = requires { typename call_operator<decltype(&F::operator())>::parameters; };

template <class F>
concept knows_its_parameters = requires { typename F::penstock_parameters; };

/// The parameter list of F, or void when F has no fixed one.
template <class F>
struct fixed_parameters {
    static constexpr auto pick() {
        using bare = std::remove_pointer_t<F>;
        if constexpr (std::is_function_v<bare>) return decltype(parameters_of_function(static_cast<bare*>(nullptr))){};
        else if constexpr (knows_its_parameters<F>) return std::type_identity<typename F::penstock_parameters>{};
        else if constexpr (has_plain_call_operator<F>)
            return std::type_identity<typename call_operator<decltype(&F::operator())>::parameters>{};
        else return std::type_identity<void>{};
    }
    using type = typename decltype(pick())::type;
};

template <class F, class... Args>
struct parameters_for {
    using fixed = typename fixed_parameters<F>::type;
    static constexpr bool is_fixed = !std::is_void_v<fixed>;
    using type = std::conditional_t<is_fixed, typename argument_parameters<fixed>::type, type_list<std::decay_t<Args>...>>;
};

/// How the argument for a parameter P is kept until the call: as an owned value, never as a view or a reference.
template <class P> struct owned_argument { using type = std::remove_cvref_t<P>; };
template <class P>
    requires std::is_same_v<std::remove_cvref_t<P>, std::string_view> || std::is_same_v<std::remove_cvref_t<P>, const char*>
struct owned_argument<P> { using type = std::string; };
template <class T> struct owned_argument<std::span<const T>> { using type = std::vector<T>; };
template <class T> struct owned_argument<const std::span<const T>&> { using type = std::vector<T>; };
template <class P> using owned_argument_t = typename owned_argument<P>::type;

/// Gives the owned value to the parameter it was kept for. Returned by value where the parameter is a view.
template <class P>
decltype(auto) pass_argument(owned_argument_t<P>& owned) {
    using bare = std::remove_cvref_t<P>;
    if constexpr (std::is_same_v<bare, const char*> && !std::is_same_v<owned_argument_t<P>, bare>) return owned.c_str();
    else if constexpr (!std::is_same_v<owned_argument_t<P>, bare>) return bare(owned);
    else if constexpr (std::is_lvalue_reference_v<P>) return static_cast<std::remove_reference_t<P>&>(owned);
    else return static_cast<bare&&>(owned);
}
template <class P> using passed_t = decltype(pass_argument<P>(std::declval<owned_argument_t<P>&>()));

} // namespace penstock::detail

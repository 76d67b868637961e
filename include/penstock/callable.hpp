// SPDX-License-Identifier: MIT
// What may be sent to another process, and the sentence the compiler says when it may not.
//
//   may be sent: functions, captureless lambdas, stateless function objects, function objects with a cereal
//     serialize function, members through fn<&T::member>, trust_captures(lambda)
//   a first parameter of type std::stop_token is given by the pool (see this_task::stop_requested), not by the caller
//   travels: every argument as its parameter's type by value; string_view and const char* as a string, span<const T>
//     as a vector; results decayed. Pointers, non-const references and views as results do not.
//
// All of it is decided at compile time. `submittable<F, Args...>` asks without an error.
#pragma once

#include <penstock/detail/crossable.hpp>
#include <penstock/detail/signature.hpp>

#include <bit>
#include <concepts>
#include <functional>
#include <type_traits>

namespace penstock {

/// A member function as a callable that can be sent: pool.submit(fn<&account::balance>, my_account). The object
/// travels by value, as the first argument; what the member changes in it stays in the worker.
template <auto Member> struct member_callable;
template <auto Member>
    requires std::is_member_object_pointer_v<decltype(Member)>
struct member_callable<Member> {
    template <class... Args>
        requires std::is_invocable_v<decltype(Member), Args...>
    decltype(auto) operator()(Args&&... args) const {
        return std::invoke(Member, std::forward<Args>(args)...);
    }
};
template <auto Member>
    requires std::is_member_function_pointer_v<decltype(Member)>
struct member_callable<Member> {
    using penstock_parameters = typename detail::call_operator<decltype(Member)>::with_object;
    template <class... Args>
        requires std::is_invocable_v<decltype(Member), Args...>
    decltype(auto) operator()(Args&&... args) const {
        return std::invoke(Member, std::forward<Args>(args)...);
    }
};
template <auto Member> inline constexpr member_callable<Member> fn{};

/// A lambda whose captures its writer vouches for: they are copied byte by byte into the worker, so a pointer, a
/// string_view or `this` among them would be meaningless there, which no compiler can detect.
template <class Lambda>
struct trusted_captures {
    static_assert(std::is_trivially_copyable_v<Lambda>,
                  "penstock: trust_captures needs a trivially copyable lambda; pass the captured values as arguments");
    static_assert(!std::is_trivially_copyable_v<Lambda> || std::is_standard_layout_v<Lambda>,
                  "penstock: trust_captures cannot send captures by reference; capture by value");
    Lambda lambda;
    using penstock_parameters = typename detail::fixed_parameters<Lambda>::type;
    template <class... Args>
        requires std::is_invocable_v<const Lambda&, Args...>
    decltype(auto) operator()(Args&&... args) const {
        return lambda(std::forward<Args>(args)...);
    }
};
template <class Lambda>
trusted_captures<Lambda> trust_captures(Lambda lambda) {
    return {lambda};
}

namespace detail {

template <class F> inline constexpr bool is_trusted = false;
template <class L> inline constexpr bool is_trusted<trusted_captures<L>> = true;

enum class callable_kind { function, stateless, trusted, serialized, refused };

template <class F>
constexpr callable_kind kind_of() {
    if constexpr (std::is_function_v<std::remove_pointer_t<F>>) return callable_kind::function;
    else if constexpr (!std::is_class_v<F>) return callable_kind::refused;
    else if constexpr (is_trusted<F>) return callable_kind::trusted;
    else if constexpr (std::is_empty_v<F> && (std::is_trivially_copyable_v<F> || std::is_default_constructible_v<F>))
        return callable_kind::stateless;
    else if constexpr (has_serialize<F> && std::is_default_constructible_v<F>) return callable_kind::serialized;
    else return callable_kind::refused;
}

enum class call_problem {
    none, member_pointer, captures, argument_count, pointer, mutable_reference, view, type, conversion, invocation,
    result_pointer, result_view, result_type,
};

struct call_verdict {
    call_problem problem;
    std::size_t parameter; // its place, from 0, where a parameter is at fault
};

template <class T> inline constexpr bool is_view = false;
template <class C, class R> inline constexpr bool is_view<std::basic_string_view<C, R>> = true;
template <class T, std::size_t N> inline constexpr bool is_view<std::span<T, N>> = true;

template <class P>
constexpr call_problem parameter_problem() {
    using owned = owned_argument_t<P>;
    if constexpr (std::is_pointer_v<owned> || std::is_null_pointer_v<owned> || std::is_member_pointer_v<owned>)
        return call_problem::pointer;
    else if constexpr (std::is_lvalue_reference_v<P> && !std::is_const_v<std::remove_reference_t<P>>)
        return call_problem::mutable_reference;
    else if constexpr (is_view<owned>) return call_problem::view;
    else if constexpr (!is_crossable<owned> || !std::is_default_constructible_v<owned>) return call_problem::type;
    else return call_problem::none;
}

template <class R>
constexpr call_problem result_problem() {
    if constexpr (std::is_void_v<R>) return call_problem::none;
    else if constexpr (std::is_pointer_v<R> || std::is_null_pointer_v<R> || std::is_member_pointer_v<R>)
        return call_problem::result_pointer;
    else if constexpr (is_view<R>) return call_problem::result_view;
    else if constexpr (!is_crossable<R> || !std::is_default_constructible_v<R>) return call_problem::result_type;
    else return call_problem::none;
}

template <class F, class Params, class ArgList> struct call_check;
template <class F, class... P, class... A>
struct call_check<F, type_list<P...>, type_list<A...>> {
    static constexpr bool invocable() {
        if constexpr (((parameter_problem<P>() == call_problem::none) && ...)) return is_task_invocable<F&, passed_t<P>...>;
        else return false;
    }
    static constexpr auto result() {
        if constexpr (invocable()) return std::type_identity<std::decay_t<task_result_t<F&, passed_t<P>...>>>{};
        else return std::type_identity<void>{};
    }
    using result_type = typename decltype(result())::type;

    static constexpr call_verdict verdict() {
        if constexpr (std::is_member_pointer_v<F>) return {call_problem::member_pointer, 0};
        else if constexpr (kind_of<F>() == callable_kind::refused) return {call_problem::captures, 0};
        else if constexpr (sizeof...(P) != sizeof...(A)) return {call_problem::argument_count, 0};
        else {
            call_verdict found{call_problem::none, 0};
            std::size_t place = 0;
            const auto look = [&](call_problem problem) {
                if (found.problem == call_problem::none && problem != call_problem::none) found = {problem, place};
                ++place;
            };
            (look(parameter_problem<P>()), ...);
            if (found.problem != call_problem::none) return found;
            place = 0;
            (look(std::is_convertible_v<A, P> || std::is_convertible_v<A, owned_argument_t<P>> ? call_problem::none
                                                                                             : call_problem::conversion),
             ...);
            if (found.problem != call_problem::none) return found;
            if (!invocable()) return {call_problem::invocation, 0};
            return {result_problem<result_type>(), 0};
        }
    }
};

template <class F, class... Args>
using call_check_for = call_check<std::decay_t<F>, typename parameters_for<std::decay_t<F>, Args...>::type, type_list<Args&&...>>;

/// The decayed result, or void where the call cannot be sent at all: SFINAE-friendly, so overloads can coexist.
template <class F, class... Args>
using call_result_t = typename call_check_for<F, Args...>::result_type;

/// Stops the compilation with one sentence. `Parameter` counts from 0.
template <call_problem Problem, std::size_t Parameter>
constexpr void explain() {
    using enum call_problem;
    static_assert(Problem != member_pointer, "penstock: send a member as penstock::fn<&type::member>");
    static_assert(Problem != captures, "penstock: a lambda with captures or an object with state cannot be sent; pass "
                                       "the values as arguments, give it a serialize function, or use trust_captures");
    static_assert(Problem != argument_count, "penstock: wrong number of arguments for this callable");
    static_assert(Problem != pointer, "penstock: a raw pointer parameter cannot be sent; it would point nowhere in the worker");
    static_assert(Problem != mutable_reference, "penstock: a non-const reference parameter cannot be sent; return the changed value");
    static_assert(Problem != view, "penstock: this view cannot be sent; take string_view, span<const T>, or the container");
    static_assert(Problem != type, "penstock: a parameter's type cannot be sent; give it a serialize function and a default constructor");
    static_assert(Problem != conversion, "penstock: an argument does not convert to the type of its parameter");
    static_assert(Problem != invocation, "penstock: the callable cannot be called with these arguments");
    static_assert(Problem != result_pointer, "penstock: a pointer cannot be returned from another process; return the value");
    static_assert(Problem != result_view, "penstock: a view cannot be returned from another process; return the container");
    static_assert(Problem != result_type, "penstock: the result's type cannot be sent; give it a serialize function and a default constructor");
}

} // namespace detail

/// True when process_pool::submit(f, args...) compiles.
template <class F, class... Args>
concept submittable = detail::call_check_for<F, Args...>::verdict().problem == detail::call_problem::none;

} // namespace penstock

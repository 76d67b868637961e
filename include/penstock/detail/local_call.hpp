// SPDX-License-Identifier: MIT
// A call that was made for any kind of pool, in one whose tasks run in this process: what would be sent to a worker
// process is kept instead, as values of the parameters' own types, so that the tasks see the same either way.
#pragma once

#include <penstock/callable.hpp>
#include <penstock/detail/owned_value.hpp>

#include <tuple>
#include <type_traits>
#include <utility>

namespace penstock::detail {

/// F with its parameters P, to be called once or more.
template <class F, class Params>
class local_call;
template <class F, class... P>
class local_call<F, type_list<P...>> {
public:
    template <class G, class... A>
    explicit local_call(std::in_place_t, G&& f, A&&... arguments)
        : function_(std::forward<G>(f)), arguments_(make_owned<P>(std::forward<A>(arguments))...) {}

    std::decay_t<task_result_t<F&, passed_t<P>...>> operator()() {
        return std::apply([this](owned_argument_t<P>&... owned)
                              -> decltype(auto) { return invoke_task(function_, pass_argument<P>(owned)...); },
                          arguments_);
    }

private:
    F function_;
    std::tuple<owned_argument_t<P>...> arguments_;
};

template <class F, class... Args>
using local_call_for = local_call<std::decay_t<F>, typename parameters_for<std::decay_t<F>, Args...>::type>;

/// Whether a value given as A (a reference) can be kept as a T. What is sent is read where it lies, and needs neither.
template <class T, class A>
inline constexpr bool can_be_kept =
    (!std::is_same_v<std::remove_cvref_t<A>, T> || std::is_constructible_v<T, A>) && std::is_move_constructible_v<T>;

template <class F, class Params, class ArgList>
inline constexpr bool can_be_local = false;
template <class F, class... P, class... A>
inline constexpr bool can_be_local<F, type_list<P...>, type_list<A...>> =
    can_be_kept<std::decay_t<F>, F> && (can_be_kept<owned_argument_t<P>, A> && ...);

/// Stops the compilation with one sentence; true when there is nothing to say. Requires a call that can be sent.
template <class F, class... Args>
constexpr bool explain_local_call() {
    constexpr bool good =
        can_be_local<F&&, typename parameters_for<std::decay_t<F>, Args...>::type, type_list<Args&&...>>;
    static_assert(good, "penstock: any_pool may run this in a thread, which keeps the callable and its arguments; make "
                        "them copyable, or give them away with std::move");
    return good;
}

} // namespace penstock::detail

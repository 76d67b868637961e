// SPDX-License-Identifier: MIT
// The maps of a thread pool: any callable, with the arguments kept as submit keeps them.
#pragma once

#include <penstock/detail/closure_task.hpp>
#include <penstock/detail/map_verbs.hpp>
#include <penstock/detail/shared_callable.hpp>

namespace penstock::detail {

/// The parameter that stands for P, where what submit would keep is not P's own value: a
/// std::reference_wrapper, or a derived class. `A` is the item's type, a reference.
template <class P, class A>
using kept_parameter_t = std::conditional_t<
    !kept_argument<P, A>::as_given, P,
    std::conditional_t<std::is_lvalue_reference_v<P>, const std::decay_t<A>&, std::decay_t<A>>>;

template <class F, class Params, class ArgList>
struct thread_map;
template <class F, class... P, class... A>
struct thread_map<F, type_list<P...>, type_list<A...>> {
    using parameters = type_list<kept_parameter_t<P, A>...>;

    /// Each chunk has a copy of a small plain value, and of what changes when called; the rest is shared.
    static constexpr bool is_small = std::is_trivially_copyable_v<F> && sizeof(F) <= 64;
    static constexpr bool is_shared =
        !is_small && is_task_invocable<const F&, passed_t<kept_parameter_t<P, A>>...>;
    using held = std::conditional_t<is_shared, shared_callable<F>, F>;

    static constexpr bool explain() {
        constexpr bool good = is_shared || (std::is_copy_constructible_v<F> &&
                                            is_task_invocable<F&, passed_t<kept_parameter_t<P, A>>...>);
        static_assert(
            good,
            "penstock: map calls this from several threads; make it copyable, or callable when it is const");
        return good;
    }
};
template <class F, class... A>
using thread_map_for = thread_map<F, typename parameters_for<F, A...>::type, type_list<A&&...>>;

template <class Verb, class F, class... Ranges>
constexpr bool explain_map_to_threads() {
    if constexpr (!explain_ranges<Ranges...>()) return false;
    else if constexpr (!explain_thread_call<F, item_argument_t<Ranges>...>()) return false;
    else if constexpr (!explain_value<Verb, thread_call_result_t<F, item_argument_t<Ranges>...>>()) return false;
    else return thread_map_for<std::decay_t<F>, item_argument_t<Ranges>...>::explain();
}

/// The body of these verbs in a pool of threads.
struct map_to_threads {
    template <class Verb, class Pool, class F, class... Ranges>
    static auto run(Pool& pool, const map_options& options, F&& f, Ranges&&... ranges) {
        if constexpr (explain_map_to_threads<Verb, F, Ranges...>()) {
            using map = thread_map_for<std::decay_t<F>, item_argument_t<Ranges>...>;
            using held = typename map::held;
            return begin_map<Verb, held, typename map::parameters>(pool, options, held(std::forward<F>(f)),
                                                                   std::forward<Ranges>(ranges)...);
        } else {
            return refused_map{};
        }
    }
};

}  // namespace penstock::detail

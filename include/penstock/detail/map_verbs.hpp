// SPDX-License-Identifier: MIT
// The verbs map, map_outcomes and map_unordered: what each returns, what it refuses at compile time, and its body in a
// pool of processes (that of a thread pool: thread_map.hpp).
#pragma once

#include <penstock/detail/call.hpp>
#include <penstock/detail/map_range.hpp>
#include <penstock/detail/map_state.hpp>
#include <penstock/detail/unordered_state.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace penstock::detail {

struct map_verb {
    static constexpr bool takes_void = false;
    template <class... Of>
    using state = map_state<Of...>;
    using delivery = value_delivery;
};
struct map_outcomes_verb {
    static constexpr bool takes_void = true;
    template <class... Of>
    using state = map_state<Of...>;
    using delivery = outcome_delivery;
};
struct map_unordered_verb {
    static constexpr bool takes_void = false;
    template <class... Of>
    using state = unordered_state<Of...>;
    using delivery = plain_delivery;
};

/// Stands in where map was refused, so that the reason is the compiler's only message.
struct refused_map {
    int* begin() const { return nullptr; }
    int* end() const { return nullptr; }
};

/// True when these are ranges, which all that follows takes for granted; else one sentence, as below.
template <class... Ranges>
constexpr bool explain_ranges() {
    constexpr bool good = sizeof...(Ranges) != 0 && (iterable<Ranges> && ...);
    static_assert(
        good, "penstock: map takes one or more ranges after the callable: what a range-based for loop takes");
    return good;
}
/// The same for the result of a call that is known to compile.
template <class Verb, class Value>
constexpr bool explain_value() {
    constexpr bool good = Verb::takes_void || !std::is_void_v<Value>;
    static_assert(good,
                  "penstock: map needs a callable that returns a value; where there is none, submit each call");
    return good;
}
template <class Verb, class F, class... Ranges>
constexpr bool explain_map_to_processes() {
    if constexpr (!explain_ranges<Ranges...>()) return false;
    else if constexpr (!explain_call<F, item_argument_t<Ranges>...>()) return false;
    else return explain_value<Verb, call_result_t<F, item_argument_t<Ranges>...>>();
}

/// What these verbs return, begun. `Params` is the type_list of the parameters of F, which is what the pool keeps of f.
template <class Verb, class F, class Params, class Pool, class... Ranges>
auto begin_map(Pool& pool, const map_options& options, F f, Ranges&&... ranges) {
    using state = typename Verb::template state<Pool, F, Params, Ranges...>;
    return map_range<typename Verb::delivery, state>(
        std::make_unique<state>(pool, options, std::move(f), std::forward<Ranges>(ranges)...));
}

/// The body of these verbs in a pool whose callables and values must cross.
struct map_to_processes {
    template <class Verb, class Pool, class F, class... Ranges>
    static auto run(Pool& pool, const map_options& options, F&& f, Ranges&&... ranges) {
        if constexpr (explain_map_to_processes<Verb, F, Ranges...>()) {
            using held = std::decay_t<F>;
            using parameters = typename parameters_for<held, item_argument_t<Ranges>...>::type;
            return begin_map<Verb, held, parameters>(pool, options, std::forward<F>(f), std::forward<Ranges>(ranges)...);
        } else {
            return refused_map{};
        }
    }
};

}  // namespace penstock::detail

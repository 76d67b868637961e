// SPDX-License-Identifier: MIT
// map, map_outcomes and map_unordered as members of every pool. What they return, how it is read, its failure and life:
// map_range.hpp.
#pragma once

#include <penstock/detail/map_verbs.hpp>
#include <penstock/pool_options.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace penstock::detail {

/// A base of `Pool`. `Body` is how a map runs there: Body::run<Verb>(pool, options, f, ranges...).
template <class Pool, class Body>
class map_members {
public:
    /// Calls f with the items of the ranges side by side; the results come in input order.
    template <class F, class... Ranges>
        requires(!std::same_as<std::remove_cvref_t<F>, map_options>)
    auto map(F&& f, Ranges&&... ranges) {
        return run<map_verb>(map_options{}, std::forward<F>(f), std::forward<Ranges>(ranges)...);
    }
    template <class F, class... Ranges>
    auto map(const map_options& options, F&& f, Ranges&&... ranges) {
        return run<map_verb>(options, std::forward<F>(f), std::forward<Ranges>(ranges)...);
    }

    /// The same, but each item is an outcome<R>: a value or an exception. f may return nothing.
    template <class F, class... Ranges>
        requires(!std::same_as<std::remove_cvref_t<F>, map_options>)
    auto map_outcomes(F&& f, Ranges&&... ranges) {
        return run<map_outcomes_verb>(map_options{}, std::forward<F>(f), std::forward<Ranges>(ranges)...);
    }
    template <class F, class... Ranges>
    auto map_outcomes(const map_options& options, F&& f, Ranges&&... ranges) {
        return run<map_outcomes_verb>(options, std::forward<F>(f), std::forward<Ranges>(ranges)...);
    }

    /// The same, but each result once, as it comes, with the place of its item: an indexed_result<R>.
    template <class F, class... Ranges>
        requires(!std::same_as<std::remove_cvref_t<F>, map_options>)
    auto map_unordered(F&& f, Ranges&&... ranges) {
        return run<map_unordered_verb>(map_options{}, std::forward<F>(f), std::forward<Ranges>(ranges)...);
    }
    template <class F, class... Ranges>
    auto map_unordered(const map_options& options, F&& f, Ranges&&... ranges) {
        return run<map_unordered_verb>(options, std::forward<F>(f), std::forward<Ranges>(ranges)...);
    }

protected:
    ~map_members() = default;

private:
    template <class Verb, class F, class... Ranges>
    auto run(const map_options& options, F&& f, Ranges&&... ranges) {
        return Body::template run<Verb>(static_cast<Pool&>(*this), options, std::forward<F>(f),
                                        std::forward<Ranges>(ranges)...);
    }
};

} // namespace penstock::detail

// SPDX-License-Identifier: MIT
// What pool.map(f, ranges...) returns: the results in input order, to be read once.
//
//   for (auto digest : pool.map({.chunk = 16}, sha256, files)) ...
//
// Reading: `*it` waits for its item and is an R&&, or throws what that item ended with, each time it is
// asked; `++it` goes on after either. The input ranges are read in the calling thread alone: at most
// map_options.ahead items beyond those delivered, the first of them in the call. What an input range throws
// comes out of the call or of ++, which has then moved on; the items read before are still delivered, and
// nothing more is read. Where the pool takes no more tasks, the items it refused throw the reason.
//
// The time limit is looked at whenever the range is used. After it no item is read; each one that is not
// finished throws task_timeout. Unread items do so too, one by one where a range knows its size (it is only
// stepped through), else one item stands for all of them.
//
// Life: refers to the pool and to lvalue ranges; rvalue ranges are moved in. Destroying it cancels what is
// pending and waits for nothing. Iterators end when it is moved from. Used by one thread at a time.
#pragma once

#include <penstock/detail/map_state.hpp>

#include <cstddef>
#include <iterator>
#include <memory>

namespace penstock {

/// `Params` is the type_list of F's parameters; `Ranges` are deduced as for forwarding references.
template <class Pool, class F, class Params, class... Ranges>
class [[nodiscard]] map_range {
    using state = detail::map_state<Pool, F, Params, Ranges...>;

public:
    using value_type = typename state::value;

    class iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = typename state::value;
        using difference_type = std::ptrdiff_t;
        using reference = value_type&&;

        iterator() noexcept = default;
        reference operator*() const { return state_->current(); }
        iterator& operator++() {
            state_->advance();
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator& it, std::default_sentinel_t) noexcept {
            return it.state_->at_end();
        }

    private:
        friend class map_range;
        explicit iterator(state* reading) noexcept : state_(reading) {}
        state* state_ = nullptr;
    };

    map_range(Pool& pool, const map_options& options, F f, Ranges&&... ranges)
        : state_(std::make_unique<state>(pool, options, std::move(f), std::forward<Ranges>(ranges)...)) {
        state_->start();
    }
    map_range(map_range&&) noexcept = default;
    map_range& operator=(map_range&&) noexcept = default;

    /// The current item; a second call does not go back.
    iterator begin() noexcept { return iterator(state_.get()); }
    std::default_sentinel_t end() const noexcept { return {}; }

private:
    std::unique_ptr<state> state_;
};

namespace detail {

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
template <class Value>
constexpr bool explain_value() {
    static_assert(
        !std::is_void_v<Value>,
        "penstock: map needs a callable that returns a value; where there is none, submit each call");
    return !std::is_void_v<Value>;
}
template <class F, class... Ranges>
constexpr bool explain_map_across() {
    if constexpr (!explain_ranges<Ranges...>()) return false;
    else if constexpr (!explain_call<F, item_argument_t<Ranges>...>()) return false;
    else return explain_value<call_result_t<F, item_argument_t<Ranges>...>>();
}

/// The body of map in a pool whose callables and values must cross.
template <class Pool, class F, class... Ranges>
auto map_across(Pool& pool, const map_options& options, F&& f, Ranges&&... ranges) {
    if constexpr (explain_map_across<F, Ranges...>()) {
        using held = std::decay_t<F>;
        using parameters = typename parameters_for<held, item_argument_t<Ranges>...>::type;
        return map_range<Pool, held, parameters, Ranges...>(pool, options, std::forward<F>(f),
                                                            std::forward<Ranges>(ranges)...);
    } else {
        return refused_map{};
    }
}

}  // namespace detail

}  // namespace penstock

// SPDX-License-Identifier: MIT
// What pool.map(f, ranges...) and pool.map_outcomes(f, ranges...) return: the results in input order, to be read
// once.
//
//   for (auto digest : pool.map({.chunk = 16}, sha256, files)) ...
//   for (auto&& each : pool.map_outcomes(sha256, files))
//       if (each) use(each.value()); else report(each.error());
//
// Reading: `*it` waits for its item. From map it is an R&&, or throws what that item ended with, each time it is
// asked; from map_outcomes it is an outcome<R>&&, and throws nothing. `++it` goes on after either. The input ranges
// are read in the calling thread alone: at most map_options.ahead items beyond those delivered, the first of them in
// the call. What an input range throws comes out of the call or of ++, which has then moved on; the items read before
// are still delivered, and nothing more is read. Where the pool takes no more tasks, the items it refused throw the
// reason, and the unread ones too.
//
// The time limit is looked at whenever the range is used. After it no item is read; each one that is not
// finished throws task_timeout, and the unread ones too.
//
// What is not read any more is told one by one where a range knows its size (it is only stepped through), else one
// item stands for all of them. A map_outcomes delivers as outcomes what is said here to be thrown by an item.
//
// Life: refers to the pool and to lvalue ranges; rvalue ranges are moved in. Destroying it cancels what is
// pending and waits for nothing. Iterators end when it is moved from. Used by one thread at a time.
#pragma once

#include <penstock/detail/map_delivery.hpp>
#include <penstock/detail/map_state.hpp>

#include <cstddef>
#include <iterator>
#include <memory>

namespace penstock {

/// `Delivery` is what an item looks like (map_delivery.hpp), `Params` the type_list of F's parameters; `Ranges` are
/// deduced as for forwarding references.
template <class Delivery, class Pool, class F, class Params, class... Ranges>
class [[nodiscard]] map_range {
    using state = detail::map_state<Pool, F, Params, Ranges...>;

public:
    using value_type = typename Delivery::template item<typename state::value>;

    class iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = typename Delivery::template item<typename state::value>;
        using difference_type = std::ptrdiff_t;
        using reference = value_type&&;

        iterator() noexcept = default;
        reference operator*() const { return Delivery::give(state_->current()); }
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

}  // namespace penstock

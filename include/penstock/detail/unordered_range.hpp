// SPDX-License-Identifier: MIT
// What pool.map_unordered(f, ranges...) returns: each result once, as it comes, with the place of its item.
//
//   for (auto&& [index, digest] : pool.map_unordered(sha256, files)) std::cout << files[index] << digest << '\n';
//
// Reading: `*it` waits for the next item that is finished and is an indexed_result<R>&&, or throws what that item
// ended with, each time it is asked; `it.index()` says which item it is in either case, and `++it` goes on. The
// items of a chunk come together: where a quick item must not wait for a slow one beside it, ask for chunks of 1.
//
// Everything else (how the ranges are read, the time limit, refused items, life and threads) is as for map:
// map_range.hpp. What was finished in time is delivered after the limit too.
#pragma once

#include <penstock/detail/unordered_state.hpp>

#include <cstddef>
#include <iterator>
#include <memory>

namespace penstock {

/// `Params` is the type_list of F's parameters; `Ranges` are deduced as for forwarding references.
template <class Pool, class F, class Params, class... Ranges>
class [[nodiscard]] unordered_range {
    using state = detail::unordered_state<Pool, F, Params, Ranges...>;

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
        /// The place of the item that `*it` gives or throws, from 0. Waits for it as `*it` does.
        std::size_t index() const { return state_->index(); }
        iterator& operator++() {
            state_->advance();
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator& it, std::default_sentinel_t) noexcept {
            return it.state_->at_end();
        }

    private:
        friend class unordered_range;
        explicit iterator(state* reading) noexcept : state_(reading) {}
        state* state_ = nullptr;
    };

    unordered_range(Pool& pool, const map_options& options, F f, Ranges&&... ranges)
        : state_(std::make_unique<state>(pool, options, std::move(f), std::forward<Ranges>(ranges)...)) {
        state_->start();
    }
    unordered_range(unordered_range&&) noexcept = default;
    unordered_range& operator=(unordered_range&&) noexcept = default;

    /// The current item; a second call does not go back.
    iterator begin() noexcept { return iterator(state_.get()); }
    std::default_sentinel_t end() const noexcept { return {}; }

private:
    std::unique_ptr<state> state_;
};

}  // namespace penstock

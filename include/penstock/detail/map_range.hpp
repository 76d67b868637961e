// SPDX-License-Identifier: MIT
// What pool.map(f, ranges...), pool.map_outcomes(f, ranges...) and pool.map_unordered(f, ranges...) return: the results,
// to be read once; in input order, or each as it comes with the place of its item.
//
//   for (auto digest : pool.map({.chunk = 16}, sha256, files)) ...
//   for (auto&& each : pool.map_outcomes(sha256, files))
//       if (each) use(each.value()); else report(each.error());
//   for (auto&& [index, digest] : pool.map_unordered(sha256, files)) std::cout << files[index] << digest << '\n';
//
// Reading: `*it` waits for its item. From map it is an R&&, or throws what that item ended with, each time it is
// asked; from map_outcomes it is an outcome<R>&&, and throws nothing; from map_unordered it is an indexed_result<R>&&
// of the next item that is finished, or throws what that one ended with, and `it.index()` says which it is in either
// case (the items of a chunk come together: where a quick item must not wait for a slow one beside it, ask for chunks
// of 1). `++it` goes on after each. The input ranges are read in the calling thread alone: at most map_options.ahead
// items beyond those delivered, the first of them in the call. What an input range throws comes out of the call or of
// ++, which has then moved on; the items read before are still delivered, and nothing more is read. Where the pool
// takes no more tasks, the items it refused throw the reason, and the unread ones too.
//
// The time limit is looked at whenever the range is used. After it no item is read; each one that is not
// finished throws task_timeout, and the unread ones too. map_unordered delivers what was finished in time after it too.
//
// What is not read any more is told one by one where a range knows its size (it is only stepped through), else one
// item stands for all of them. A map_outcomes delivers as outcomes what is said here to be thrown by an item.
//
// Life: refers to the pool and to lvalue ranges; rvalue ranges are moved in. Destroying it cancels what is
// pending and waits for nothing. Iterators end when it is moved from. Used by one thread at a time.
#pragma once

#include <penstock/detail/map_delivery.hpp>

#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>

namespace penstock {

/// `State` reads the ranges, submits and orders what comes back (map_state.hpp, unordered_state.hpp); `Delivery` is what
/// an item looks like (map_delivery.hpp).
template <class Delivery, class State>
class [[nodiscard]] map_range {
public:
    using value_type = typename Delivery::template item<typename State::value>;

    class iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = map_range::value_type;
        using difference_type = std::ptrdiff_t;
        using reference = value_type&&;

        iterator() noexcept = default;
        reference operator*() const { return Delivery::give(state_->current()); }
        /// Of map_unordered: the place of the item that `*it` gives or throws, from 0. Waits for it as `*it` does.
        std::size_t index() const
            requires requires(State& state) { state.index(); }
        {
            return state_->index();
        }
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
        explicit iterator(State* reading) noexcept : state_(reading) {}
        State* state_ = nullptr;
    };

    /// Starts what the state was made for.
    explicit map_range(std::unique_ptr<State> state) : state_(std::move(state)) { state_->start(); }
    map_range(map_range&&) noexcept = default;
    map_range& operator=(map_range&&) noexcept = default;

    /// The current item; a second call does not go back.
    iterator begin() noexcept { return iterator(state_.get()); }
    std::default_sentinel_t end() const noexcept { return {}; }

private:
    std::unique_ptr<State> state_;
};

}  // namespace penstock

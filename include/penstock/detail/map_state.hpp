// SPDX-License-Identifier: MIT
// A map under way: its source, the chunks at the pool in input order, and the outcomes of the first of them.
// Lives on the heap, so that the range in front of it can be moved. Used by one thread at a time. Its end cancels
// what is pending and waits for nothing.
#pragma once

#include <penstock/detail/map_source.hpp>

#include <deque>
#include <utility>

namespace penstock::detail {

template <class Pool, class F, class Params, class... Ranges>
class map_state {
    using source = map_source<Pool, F, Params, Ranges...>;
    using chunk = typename source::chunk;

public:
    using value = typename source::value;

    map_state(Pool& pool, const map_options& options, F f, Ranges&&... ranges)
        : source_(pool, options, std::move(f), std::forward<Ranges>(ranges)...) {}
    map_state(const map_state&) = delete;
    map_state& operator=(const map_state&) = delete;
    ~map_state() {
        for (chunk& one : chunks_)
            if (one.task.valid()) one.task.cancel();
    }

    /// Reads and submits the first items. Throws what the ranges throw, or why the pool does not take them.
    void start() {
        fill();
        source_.started();
    }
    bool at_end() const noexcept { return chunks_.empty(); }
    /// Waits for the current item. Requires !at_end().
    outcome<value>& current() {
        load();
        return outcomes_[position_];
    }
    /// Moves on, waiting for the current item if nobody has asked for it. What the ranges throw comes out
    /// when the move is done; after it nothing more is read. Requires !at_end().
    void advance() {
        load();
        source_.delivered();
        if (++position_ == outcomes_.size()) {
            chunks_.pop_front();
            outcomes_.clear();
            position_ = 0;
        }
        fill();
    }

private:
    void fill() {
        if (source_.deadline().passed()) expire();
        while (auto added = source_.next(chunks_.empty())) chunks_.push_back(std::move(*added));
    }
    /// Makes the outcomes of the first chunk available.
    void load() {
        if (!outcomes_.empty()) return;
        chunk& first = chunks_.front();
        if (!first.error && !source_.deadline().wait(first.task)) expire();
        outcomes_ = source_.take(first);
    }
    void expire() {
        if (std::exchange(expired_, true)) return;
        const std::exception_ptr reason = source_.deadline().error();
        for (chunk& one : chunks_) source::expire(one, reason);
    }

    source source_;
    std::deque<chunk> chunks_;                  // in input order; the first is the one being delivered
    typename source::outcomes outcomes_;        // of the first chunk, once somebody asked
    std::size_t position_ = 0;
    bool expired_ = false;
};

}  // namespace penstock::detail

// SPDX-License-Identifier: MIT
// A map_unordered under way: its source, the chunks at the pool, and the outcomes of the one that came last. Each
// chunk tells the queue of arrivals when it is done, so n chunks cost about n steps. Lives on the heap, so that the
// range in front of it can be moved. Used by one thread at a time. Its end cancels what is pending and waits for
// nothing.
#pragma once

#include <penstock/detail/completion_queue.hpp>
#include <penstock/detail/map_source.hpp>
#include <penstock/indexed_result.hpp>

#include <deque>
#include <optional>
#include <utility>

namespace penstock::detail {

template <class Pool, class F, class Params, class... Ranges>
class unordered_state {
    using source = map_source<Pool, F, Params, Ranges...>;
    using chunk = typename source::chunk;

public:
    using value = indexed_result<typename source::value>;

    unordered_state(Pool& pool, const map_options& options, F f, Ranges&&... ranges)
        : source_(pool, options, std::move(f), std::forward<Ranges>(ranges)...) {}
    unordered_state(const unordered_state&) = delete;
    unordered_state& operator=(const unordered_state&) = delete;
    ~unordered_state() {
        for (chunk& one : at_pool_)
            if (one.task.valid()) one.task.cancel();
    }

    /// Reads and submits the first items. Throws what the ranges throw, or why the pool does not take them.
    void start() {
        fill();
        source_.started();
    }
    bool at_end() const noexcept { return outcomes_.empty() && nothing_left(); }
    /// Waits for the next item to come. Requires !at_end().
    std::size_t index() {
        load();
        return arrived_.first + position_;
    }
    /// The same, for its value. Throws what it ended with.
    value&& current() {
        load();
        if (!current_) current_.emplace(value{index(), std::move(outcomes_[position_]).value()});
        return std::move(*current_);
    }
    /// Moves on, waiting for the current item if nobody has asked for it. What the ranges throw comes out
    /// when the move is done; after it nothing more is read. Requires !at_end().
    void advance() {
        load();
        source_.delivered();
        current_.reset();
        if (++position_ == outcomes_.size()) {
            outcomes_.clear();
            position_ = 0;
        }
        fill();
    }

private:
    bool nothing_left() const noexcept { return awaited_ == 0 && failed_.empty(); }

    void fill() {
        if (source_.deadline().passed()) expire();
        while (auto added = source_.next(at_end())) keep(std::move(*added));
    }
    void keep(chunk added) {
        if (added.error) return failed_.push_back(std::move(added));
        if (at_pool_.size() == arrivals_.places()) at_pool_.emplace_back();
        at_pool_[arrivals_.watch(added.task.state())] = std::move(added);
        ++awaited_;
    }

    /// Makes the outcomes of a chunk available.
    void load() {
        if (!outcomes_.empty()) return;
        if (failed_.empty()) wait();
        if (!failed_.empty()) {
            arrived_ = std::move(failed_.front());
            failed_.pop_front();
        }
        outcomes_ = source_.take(arrived_);
    }
    /// Until a chunk has arrived, or those that are late have failed.
    void wait() {
        using clock = completion_queue::clock;
        for (;;) {
            const auto place = arrivals_.next_until(expired_ ? clock::time_point::max() : source_.deadline().limit());
            if (!place) {
                expire();
                if (!failed_.empty()) return;
            } else if (at_pool_[*place].task.valid()) {  // not one that was late and came nevertheless
                arrived_ = std::exchange(at_pool_[*place], {});
                --awaited_;
                return;
            }
        }
    }
    void expire() {
        if (std::exchange(expired_, true)) return;
        const std::exception_ptr reason = source_.deadline().error();
        for (chunk& one : at_pool_)
            if (source::expire(one, reason)) {
                failed_.push_back(std::exchange(one, {}));
                --awaited_;
            }
    }

    source source_;
    completion_queue arrivals_;
    std::deque<chunk> at_pool_;           // by their places in the queue of arrivals; those without a task are free
    std::deque<chunk> failed_;            // never got to the pool, or came too late
    std::size_t awaited_ = 0;             // chunks at the pool
    chunk arrived_;                       // the one being delivered
    typename source::outcomes outcomes_;  // of it; empty when it is not known yet
    std::size_t position_ = 0;
    std::optional<value> current_;  // made when somebody asks
    bool expired_ = false;
};

}  // namespace penstock::detail

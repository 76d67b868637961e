// SPDX-License-Identifier: MIT
// A map under way: the input ranges, the chunks at the pool in input order, and the outcomes of the first of
// them. Lives on the heap, so that the range in front of it can be moved. Used by one thread at a time.
//
// It owns the items it has read until they are at the pool, and refers to the pool, which must stay as long
// as there is something left to read. Its end cancels what is pending and waits for nothing.
#pragma once

#include <penstock/detail/chunk_sizer.hpp>
#include <penstock/detail/map_deadline.hpp>
#include <penstock/detail/zipped_ranges.hpp>
#include <penstock/future.hpp>
#include <penstock/pool_options.hpp>

#include <algorithm>
#include <deque>

namespace penstock::detail {

template <class Pool, class F, class Params, class... Ranges>
class map_state;
template <class Pool, class F, class... P, class... Ranges>
class map_state<Pool, F, type_list<P...>, Ranges...> {
public:
    using value = chunk_value_t<F, P...>;
    using item = chunk_item<P...>;

    map_state(Pool& pool, const map_options& options, F f, Ranges&&... ranges)
        : deadline_(options), pool_(pool), callable_(std::move(f)), task_{.label = options.label},
          sizer_(options.chunk, options.ahead, pool.workers()), input_(std::forward<Ranges>(ranges)...) {}
    map_state(const map_state&) = delete;
    map_state& operator=(const map_state&) = delete;
    ~map_state() {
        for (chunk& one : chunks_)
            if (one.task.valid()) one.task.cancel();
    }

    /// Reads and submits the first items. Throws what the ranges throw, or why the pool does not take them.
    void start() {
        fill();
        started_ = true;
    }
    bool at_end() const noexcept { return chunks_.empty(); }
    /// Waits for the current item. Throws what it ended with. Requires !at_end().
    value&& current() {
        load();
        return std::move(outcomes_[position_]).value();
    }
    /// Moves on, waiting for the current item if nobody has asked for it. What the ranges throw comes out
    /// when the move is done; after it nothing more is read. Requires !at_end().
    void advance() {
        load();
        --under_way_;
        if (++position_ == outcomes_.size()) {
            chunks_.pop_front();
            outcomes_.clear();
            position_ = 0;
        }
        fill();
    }

private:
    struct chunk {
        std::size_t items = 0;
        future<chunk_result<value>> task;
        std::exception_ptr error = nullptr;  ///< what all items ended with, when there is no task
    };

    void fill() {
        if (deadline_.passed()) return fill_after_deadline();
        while (!input_.done() && has_room() && !deadline_.passed()) read_chunk();
    }
    /// No item is read any more; but the loop must not end as if all was done.
    void fill_after_deadline() {
        expire();
        if (!chunks_.empty() || !input_.skip()) return;
        fail_chunk(1, deadline_.error());
        if (!input_.is_sized) input_.stop();  // may be endless, so one item speaks for all the others
    }
    bool has_room() const noexcept {
        const std::size_t ahead = sizer_.ahead();
        return under_way_ < ahead && sizer_.chunk() <= ahead - under_way_;
    }

    void read_chunk() {
        std::vector<item> items;
        std::exception_ptr thrown;
        try {
            while (items.size() != sizer_.chunk()) {
                auto next = input_.next();
                if (!next) break;
                items.push_back(std::move(*next));
            }
        } catch (...) {
            if (!started_) throw;
            thrown = std::current_exception();
        }
        if (!items.empty()) submit(std::move(items));  // those before the one that failed keep their places
        if (thrown) std::rethrow_exception(thrown);
    }
    void submit(std::vector<item> items) {
        const std::size_t count = items.size();
        chunk& added = chunks_.emplace_back(chunk{count, {}});
        under_way_ += count;
        try {
            added.task = pool_.template submit_chunk<F, P...>(task_, callable_, std::move(items));
        } catch (...) {
            if (!started_) throw;
            added.error = std::current_exception();  // as reading these items will show
            input_.stop();
        }
    }
    void fail_chunk(std::size_t count, std::exception_ptr error) {
        chunks_.push_back(chunk{count, {}, std::move(error)});
        under_way_ += count;
    }

    /// Makes the outcomes of the first chunk available.
    void load() {
        if (!outcomes_.empty()) return;
        chunk& first = chunks_.front();
        if (!first.error && !deadline_.wait(first.task)) expire();
        if (!first.error) take(first);
        if (first.error)
            for (std::size_t i = 0; i != first.items; ++i)
                outcomes_.push_back(outcome<value>::failed(first.error));
    }
    void take(chunk& first) {
        try {
            chunk_result<value> done = first.task.get();
            if (done.outcomes.size() != first.items)
                throw payload_error(payload_side::result_decode, std::string(type_name<value>()),
                                    "results are missing");
            sizer_.measured(first.items, done.took);
            outcomes_ = std::move(done.outcomes);
        } catch (...) {
            first.error = std::current_exception();
            if (first.error == nullptr) throw;  // this thread ends, in a task that get() ran here
        }
    }
    /// Whatever is not finished ends now, as far as this map is concerned; what runs already runs on.
    void expire() {
        if (expired_) return;
        const std::exception_ptr reason = deadline_.error();
        for (chunk& one : chunks_)
            if (one.task.valid() && !one.task.ready()) {
                one.task.cancel();
                one.task = {};
                one.error = reason;
            }
        expired_ = true;
    }

    map_deadline deadline_;
    Pool& pool_;
    F callable_;
    task_options task_;
    chunk_sizer sizer_;
    zipped_ranges<type_list<P...>, Ranges...> input_;
    std::deque<chunk> chunks_;              // in input order; the first is the one being delivered
    std::vector<outcome<value>> outcomes_;  // of the first chunk, once somebody asked
    std::size_t position_ = 0;
    std::size_t under_way_ = 0;  // items read and not delivered
    bool started_ = false;
    bool expired_ = false;
};

}  // namespace penstock::detail

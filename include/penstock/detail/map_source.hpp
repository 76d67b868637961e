// SPDX-License-Identifier: MIT
// The input side of a map: reads the ranges, cuts the items into chunks and hands these to the pool, no further
// ahead than asked. Who delivers the results (map_state.hpp, unordered_state.hpp) keeps the chunks and says which
// items it has delivered. Used by one thread at a time.
//
// It owns the items it has read until they are at the pool, and refers to the pool, which must stay as long as
// there is something left to read.
#pragma once

#include <penstock/detail/chunk_sizer.hpp>
#include <penstock/detail/map_chunk.hpp>
#include <penstock/detail/map_deadline.hpp>
#include <penstock/detail/zipped_ranges.hpp>
#include <penstock/pool_options.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace penstock::detail {

template <class Pool, class F, class Params, class... Ranges>
class map_source;
template <class Pool, class F, class... P, class... Ranges>
class map_source<Pool, F, type_list<P...>, Ranges...> {
public:
    using value = chunk_value_t<F, P...>;
    using chunk = map_chunk<value>;
    using outcomes = std::vector<outcome<value>>;

    map_source(Pool& pool, const map_options& options, F f, Ranges&&... ranges)
        : deadline_(options), pool_(pool), callable_(std::move(f)), task_{.label = options.label},
          sizer_(options.chunk, options.ahead, pool.workers()), input_(std::forward<Ranges>(ranges)...) {}
    map_source(const map_source&) = delete;
    map_source& operator=(const map_source&) = delete;

    const map_deadline& deadline() const noexcept { return deadline_; }

    /// The next chunk, if there is room for one and something left to read. What the ranges throw comes out after
    /// the items before it; then nothing more is read. Until started(), what the ranges throw and why the pool does
    /// not take a chunk come out at once. `nothing_left`: the caller has no chunk any more.
    std::optional<chunk> next(bool nothing_left) {
        if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
        if (refused_ || deadline_.passed()) return nothing_left ? next_unread() : std::nullopt;
        if (input_.done() || !has_room()) return std::nullopt;
        return read_chunk();
    }
    void started() noexcept { started_ = true; }
    /// An item was delivered.
    void delivered() noexcept { --under_way_; }
    /// What the items of a chunk ended with. Requires that it has an error or that its task is done, or may be run
    /// here.
    outcomes take(chunk& ended) {
        if (!ended.error) try {
                return take_results(ended);
            } catch (...) {
                ended.error = std::current_exception();
                if (ended.error == nullptr) throw;  // this thread ends, in a task that get() ran here
            }
        outcomes all;
        all.reserve(ended.items);
        for (std::size_t i = 0; i != ended.items; ++i) all.push_back(outcome<value>::failed(ended.error));
        return all;
    }
    /// If the task has not ended, it does so as far as this map is concerned; what runs already runs on.
    static bool expire(chunk& late, const std::exception_ptr& reason) {
        if (!late.task.valid() || late.task.ready()) return false;
        late.task.cancel();
        late.task = {};
        late.error = reason;
        return true;
    }

private:
    bool has_room() const noexcept {
        const std::size_t ahead = sizer_.ahead();
        return under_way_ < ahead && sizer_.chunk() <= ahead - under_way_;
    }
    /// Stands for an item that is not read any more: the loop must not end as if all was done.
    std::optional<chunk> next_unread() {
        if (!input_.skip()) return std::nullopt;
        stop_if_endless();
        chunk unread = new_chunk(1);
        unread.error = refused_ ? refused_ : deadline_.error();
        return unread;
    }
    /// Then one item speaks for all the others.
    void stop_if_endless() noexcept {
        if (!input_.is_sized) input_.stop();
    }
    chunk new_chunk(std::size_t items) {
        under_way_ += items;
        return {std::exchange(read_, read_ + items), items};
    }

    std::optional<chunk> read_chunk() {
        std::vector<chunk_item<P...>> items;
        try {
            while (items.size() != sizer_.chunk()) {
                auto next = input_.next();
                if (!next) break;
                items.push_back(std::move(*next));
            }
        } catch (...) {
            if (!started_ || items.empty()) throw;
            thrown_ = std::current_exception();
        }
        if (items.empty()) return std::nullopt;
        return submit(std::move(items));  // those before the one that failed keep their places
    }
    chunk submit(std::vector<chunk_item<P...>> items) {
        chunk added = new_chunk(items.size());
        try {
            added.task = pool_.template submit_chunk<F, P...>(task_, callable_, std::move(items));
        } catch (const payload_error&) {  // concerns these items alone
            if (!started_) throw;
            added.error = std::current_exception();
        } catch (...) {
            if (!started_) throw;
            added.error = refused_ = std::current_exception();  // as reading these items will show
            stop_if_endless();
        }
        return added;
    }
    outcomes take_results(chunk& ended) {
        chunk_result<value> done = ended.task.get();
        if (done.outcomes.size() != ended.items)
            throw payload_error(payload_side::result_decode, std::string(type_name<value>()), "results are missing");
        sizer_.measured(ended.items, done.took);
        return std::move(done.outcomes);
    }

    map_deadline deadline_;
    Pool& pool_;
    F callable_;
    task_options task_;
    chunk_sizer sizer_;
    zipped_ranges<type_list<P...>, Ranges...> input_;
    std::exception_ptr thrown_;   // by the ranges, and not told yet
    std::exception_ptr refused_;  // why the pool takes no more
    std::size_t read_ = 0;        // items in all
    std::size_t under_way_ = 0;   // items read and not delivered
    bool started_ = false;
};

}  // namespace penstock::detail

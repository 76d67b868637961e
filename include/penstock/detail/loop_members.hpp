// SPDX-License-Identifier: MIT
// for_each_index as a member of every pool. Returns when f was called with each index once, in any order and side by
// side; throws the first exception, after which no call begins that need not, and the rest is cancelled. How many indices
// make one task is found out by measuring (chunk_sizer.hpp), or, with threads, not decided at all: see thread_loop.hpp.
//
// An empty range, or one whose end is before its beginning, calls nothing. In a process pool f must be one that may be
// sent (callable.hpp), and a task that runs already when another one threw goes on to its end. In a task of the same pool
// it works like get(): the worker joins in.
#pragma once

#include <penstock/detail/index_range.hpp>

#include <concepts>
#include <exception>
#include <iterator>
#include <type_traits>
#include <utility>

namespace penstock::detail {

/// The body where a pool has nothing better: a map whose results are dropped.
struct loop_by_map {
    template <class Pool, std::integral I, class F>
    static void run(Pool& pool, I first, I last, F&& f) {
        run_over(pool, index_range<I>(first, last), std::forward<F>(f));
    }
    template <class Pool, class Range, class F>
    static void run_over(Pool& pool, const Range& indices, F&& f) {
        for (const auto& each : pool.map_outcomes(std::forward<F>(f), indices))
            if (each.error() != nullptr) std::rethrow_exception(each.error());
    }
};

/// What holds indices: a std::vector<int>, say, or std::views::iota(0, 10).
template <class Range>
concept range_of_indices = requires(const Range& indices) {
    requires std::integral<std::iter_value_t<decltype(std::begin(indices))>>;
    { std::end(indices) - std::begin(indices) } -> std::integral;
};

/// A base of `Pool`. `Body` is how a loop runs there: Body::run(pool, first, last, f).
template <class Pool, class Body>
class loop_members {
public:
    /// Calls f(i) for each i from 0 to before `count`.
    template <std::integral I, class F>
    void for_each_index(I count, F&& f) {
        for_each_index(I{0}, count, std::forward<F>(f));
    }
    /// Calls f(i) for each i from `first` to before `last`.
    template <std::integral I, class F>
    void for_each_index(std::type_identity_t<I> first, I last, F&& f) {
        if (first < last) Body::run(static_cast<Pool&>(*this), first, last, std::forward<F>(f));
    }
    /// Calls f(i) for each i in `indices`.
    template <range_of_indices Range, class F>
    void for_each_index(const Range& indices, F&& f) {
        Body::run_over(static_cast<Pool&>(*this), indices, std::forward<F>(f));
    }

protected:
    ~loop_members() = default;
};

} // namespace penstock::detail

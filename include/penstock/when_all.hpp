// SPDX-License-Identifier: MIT
// when_all, when_any: one future of many. They take futures and shared futures, of any pools, in a vector, as a pair of
// iterators, or one by one, and give them back when all of them, or one of them, is ready, however it ended.
//
//   auto all = when_all(pool.submit(f, 1), pool.submit(g)).then([](std::tuple<future<int>, future<void>> ready) {...});
//   auto first = when_any(std::move(futures)).get();      // first.futures[first.index] is ready
//
// Continuations of the new future run where those of the first future given would. Cancelling it cancels the futures given
// (not the shared ones). Failure: a future without state throws std::future_error(no_state); the futures are gone then.
#pragma once

#include <penstock/detail/group_state.hpp>
#include <penstock/future.hpp>
#include <penstock/shared_future.hpp>

#include <concepts>
#include <iterator>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace penstock {

namespace detail {

template <class F>
inline constexpr bool is_future = false;
template <class T>
inline constexpr bool is_future<future<T>> = true;
template <class F>
inline constexpr bool is_any_future = is_future<F>;
template <class T>
inline constexpr bool is_any_future<shared_future<T>> = true;

template <class F>
concept future_given = is_any_future<std::decay_t<F>> && std::constructible_from<std::decay_t<F>, F>;
template <class It>
concept iterates_futures = std::input_iterator<It> && is_any_future<std::iter_value_t<It>>;

template <class F>
group_inputs::input input_of(const F& given) {
    return {state_ref<shared_state>::share(&given.state()), is_future<F>};
}
template <class F>
group_inputs::inputs inputs_of(const std::vector<F>& futures) {
    group_inputs::inputs all;
    all.reserve(futures.size());
    for (const F& each : futures) all.push_back(input_of(each));
    return all;
}
template <class... Fs>
group_inputs::inputs inputs_of(const std::tuple<Fs...>& futures) {
    group_inputs::inputs all;
    all.reserve(sizeof...(Fs));
    std::apply([&](const Fs&... each) { (all.push_back(input_of(each)), ...); }, futures);
    return all;
}
template <class It>
auto moved_out(It first, It last) {
    std::vector<std::iter_value_t<It>> futures;
    for (; first != last; ++first) futures.push_back(std::move(*first));
    return futures;
}

template <class State, class Result, class Futures>
future<Result> start_group(Futures futures) {
    auto inputs = inputs_of(futures);
    auto state = state_ref<State>::adopt(new State(std::move(futures), std::move(inputs)));
    state->start();
    return future<Result>(state_ref<shared_state>(std::move(state)));
}

} // namespace detail

template <class F>
    requires detail::is_any_future<F>
future<std::vector<F>> when_all(std::vector<F>&& futures) {
    return detail::start_group<detail::all_state<std::vector<F>>, std::vector<F>>(std::move(futures));
}
template <class It>
    requires detail::iterates_futures<It>
auto when_all(It first, It last) {
    return when_all(detail::moved_out(first, last));
}
template <detail::future_given... Fs>
future<std::tuple<std::decay_t<Fs>...>> when_all(Fs&&... futures) {
    using tuple = std::tuple<std::decay_t<Fs>...>;
    return detail::start_group<detail::all_state<tuple>, tuple>(tuple(std::forward<Fs>(futures)...));
}

template <class F>
    requires detail::is_any_future<F>
future<when_any_result<std::vector<F>>> when_any(std::vector<F>&& futures) {
    return detail::start_group<detail::any_state<std::vector<F>>, when_any_result<std::vector<F>>>(std::move(futures));
}
template <class It>
    requires detail::iterates_futures<It>
auto when_any(It first, It last) {
    return when_any(detail::moved_out(first, last));
}
template <detail::future_given... Fs>
future<when_any_result<std::tuple<std::decay_t<Fs>...>>> when_any(Fs&&... futures) {
    using tuple = std::tuple<std::decay_t<Fs>...>;
    return detail::start_group<detail::any_state<tuple>, when_any_result<tuple>>(tuple(std::forward<Fs>(futures)...));
}

} // namespace penstock

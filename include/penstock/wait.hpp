// SPDX-License-Identifier: MIT
// wait: until the first, or all, of many futures are ready. Says which; takes no result.
//
//   auto [done, not_done] = wait(futures, wait_until::first_completed, 10s);
//   for (std::size_t i : done) use(futures[i].get());
//
// Futures and shared futures of all pools may be mixed, and 10,000 cost no more for each than 10. In a task of a thread
// pool its own pool goes on with the tasks waited for.
//
// Threads: one thread at a time uses a future. Failure: a future without state throws
// std::future_error(no_state); a limit that passes is no error, what is ready by then is done.
#pragma once

#include <penstock/detail/completion_queue.hpp>
#include <penstock/future.hpp>
#include <penstock/shared_future.hpp>

#include <chrono>
#include <cstddef>
#include <vector>

namespace penstock {

/// What to wait for.
enum class wait_until {
    first_completed, ///< any is ready
    first_exception, ///< any ended with an exception (being cancelled is none), or all are ready
    all_completed,   ///< all are ready
};
using enum wait_until;

/// Indices into the vector, in rising order: those that are ready, whatever they ended with, and the others.
struct wait_result {
    std::vector<std::size_t> done;
    std::vector<std::size_t> not_done;
};

namespace detail {
/// Looks at each state a few times, however many there are: `visits`, if given, is told how often in all.
wait_result wait_for_states(const std::vector<shared_state*>& states, wait_until condition,
                            completion_queue::clock::time_point limit, std::size_t* visits = nullptr);

template <class Future>
std::vector<shared_state*> states_of(const std::vector<Future>& futures) {
    std::vector<shared_state*> states;
    states.reserve(futures.size());
    for (const auto& each : futures) states.push_back(&each.state());
    return states;
}
} // namespace detail

template <class T>
wait_result wait(const std::vector<future<T>>& futures, wait_until condition = wait_until::all_completed) {
    return detail::wait_for_states(detail::states_of(futures), condition, detail::completion_queue::clock::time_point::max());
}
template <class T, class Rep, class Period>
wait_result wait(const std::vector<future<T>>& futures, wait_until condition,
                 const std::chrono::duration<Rep, Period>& timeout) {
    return detail::wait_for_states(detail::states_of(futures), condition, detail::deadline_in(timeout));
}
template <class T>
wait_result wait(const std::vector<shared_future<T>>& futures, wait_until condition = wait_until::all_completed) {
    return detail::wait_for_states(detail::states_of(futures), condition, detail::completion_queue::clock::time_point::max());
}
template <class T, class Rep, class Period>
wait_result wait(const std::vector<shared_future<T>>& futures, wait_until condition,
                 const std::chrono::duration<Rep, Period>& timeout) {
    return detail::wait_for_states(detail::states_of(futures), condition, detail::deadline_in(timeout));
}

} // namespace penstock

// SPDX-License-Identifier: MIT
// fork_map: a process for each call, and the results in input order. No pool, no init, nothing to register:
//
//   std::vector<report> reports = penstock::fork_map([&](const scene& s) { return render(s, lights); }, scenes);
//   auto ends = penstock::fork_map_outcomes({.max_workers = 4, .timeout = 30s}, fetch, urls, tokens);
//
// Each call runs in a copy of this process (fork without exec): closures with whatever captures, arguments of any type,
// and all that this process has in memory are there at once and as they are. What a call changes stays in its process;
// the result alone comes back, of any size, over a private pipe (what it may be: callable.hpp). Several ranges are read
// side by side up to the end of the shortest. A range is read in the calling thread, each item just before its process.
//
// Prefer process_pool where calls are short or many: a fork costs about as much as the parent is large, and the result
// of a pool is the same.
//
// Threads: the calling process must have no other thread, as a lock that one of them holds (malloc's, say) would stay
// locked in the copies; so also no pool. Throws penstock::error otherwise, unless options.allow_threads says that the
// calls take no such lock. (A process_pool that exists then is dead in the copies.)
//
// Failure: fork_map waits for all calls and then throws what the first of them, in input order, ended with;
// fork_map_outcomes gives an outcome for each. That is: what the call threw (as errors.hpp says), worker_died (its
// process ended before it answered), task_timeout, payload_error (the result does not encode or decode), or start_error
// (no process or descriptor could be had, and none was left to wait for). What a range throws comes out at once; the
// calls that run are killed, as they are at the time limit. No process outlives the call, or the calling thread.
//
// In the copies: std::cout, stdout and other C streams are flushed before a result goes off, and never hold text of the
// parent's (it is flushed before each fork). Then the process ends by _exit: no exit handlers, no destructors of static
// objects, and no flush of C++ file streams that outlive the call. Descriptors of the parent are open, as after any fork.
// Ctrl-C is left to the parent. With allow_threads, where there are other threads, of the C streams only stdout and stderr
// are flushed: flushing them all would wait for one that a thread reads.
#pragma once

#include <penstock/detail/forked_calls.hpp>
#include <penstock/outcome.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace penstock {

struct fork_map_options {
    /// How many calls run at once; 0 means available_cpus().
    std::size_t max_workers = 0;
    /// Counts from the call of fork_map, for all of it; then what has not ended gets task_timeout. 0 means no limit.
    std::chrono::nanoseconds timeout = std::chrono::nanoseconds(0);
    /// Fork although other threads exist.
    bool allow_threads = false;
    /// The largest encoded result, in bytes; more is a payload_error.
    std::uint64_t max_payload = std::uint64_t{8} << 30;
    /// Names the calls in errors.
    std::string label = {};
};

/// An outcome for each item, in input order. Of items that were not read before the time limit a range that knows its size
/// gets one each, another one in all.
template <class F, class... Ranges>
auto fork_map_outcomes(const fork_map_options& options, F&& f, Ranges&&... ranges) {
    if constexpr (detail::explain_fork_map<F, Ranges...>()) {
        detail::forked_items<std::remove_reference_t<F>, Ranges...> calls(options.label, f, std::forward<Ranges>(ranges)...);
        detail::run_forked(options, calls);
        return std::move(calls).outcomes();
    } else {
        return std::vector<outcome<int>>{};
    }
}
template <class F, class... Ranges>
    requires(!std::same_as<std::remove_cvref_t<F>, fork_map_options>)
auto fork_map_outcomes(F&& f, Ranges&&... ranges) {
    return fork_map_outcomes(fork_map_options{}, std::forward<F>(f), std::forward<Ranges>(ranges)...);
}

/// The results, in input order; nothing where f returns nothing.
template <class F, class... Ranges>
auto fork_map(const fork_map_options& options, F&& f, Ranges&&... ranges) {
    return detail::values_of(fork_map_outcomes(options, std::forward<F>(f), std::forward<Ranges>(ranges)...));
}
template <class F, class... Ranges>
    requires(!std::same_as<std::remove_cvref_t<F>, fork_map_options>)
auto fork_map(F&& f, Ranges&&... ranges) {
    return fork_map(fork_map_options{}, std::forward<F>(f), std::forward<Ranges>(ranges)...);
}

} // namespace penstock

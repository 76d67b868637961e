// SPDX-License-Identifier: MIT
// task_pool: the concept of a pool, for code that takes whichever its caller has:
//
//   template <penstock::task_pool Pool>
//   void render_all(Pool& pool, const std::vector<tile>& tiles);
//
// inline_pool, thread_pool, process_pool and any_pool are such. They have the maps too, which are not asked for here:
// that would compile one in every file that names the concept. What a callable must be is each pool's own matter.
#pragma once

#include <penstock/future.hpp>
#include <penstock/pool_options.hpp>

#include <concepts>
#include <cstddef>
#include <optional>

namespace penstock {

template <class P>
concept task_pool = requires(P& pool, const P& looked_at, int (*function)(int), const task_options& options) {
    { pool.submit(function, 1) } -> std::same_as<future<int>>;
    { pool.submit(options, function, 1) } -> std::same_as<future<int>>;
    { pool.try_submit(function, 1) } -> std::same_as<std::optional<future<int>>>;
    { pool.try_submit(options, function, 1) } -> std::same_as<std::optional<future<int>>>;
    { looked_at.workers() } -> std::convertible_to<std::size_t>;
    pool.wait_idle();
    pool.shutdown(shutdown_mode::drain);
};

} // namespace penstock

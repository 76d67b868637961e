// SPDX-License-Identifier: MIT
// any_pool: one of the pools, chosen while the program runs, behind one type with the verbs that all of them have.
//
//   any_pool pool(options.isolated ? pool_kind::processes : pool_kind::threads, {.workers = 4});
//   auto answer = pool.submit(fib, 40);
//
// As the choice may be processes, it takes what a process_pool takes (callable.hpp), with the same sentences from the
// compiler, and a task finds the same arguments in every kind. What differs between the kinds is what the pools
// themselves say: a thread cannot be killed, the result of inline_pool is there when submit returns, exceptions of a
// process are copies. Code that knows its pool when it is compiled needs no any_pool: `template <task_pool Pool>`.
//
// Threads: every member may be called from any thread. Ownership: it owns the pool it made or was given, alone or with
// others, or refers to one that must outlive it; neither copied nor moved. Failure: as the chosen pool's. An option that
// makes no sense for it is refused (std::invalid_argument), so that a choice never changes what was asked for silently.
#pragma once

#include <penstock/detail/local_call.hpp>
#include <penstock/detail/loop_members.hpp>
#include <penstock/inline_pool.hpp>
#include <penstock/pool_stats.hpp>
#include <penstock/process_pool.hpp>
#include <penstock/thread_pool.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace penstock {

enum class pool_kind : std::uint8_t {
    sequential, ///< inline_pool
    threads,    ///< thread_pool
    processes,  ///< process_pool
};

/// "sequential", "threads" or "processes", as command lines and tables have it.
std::string_view name_of(pool_kind kind) noexcept;
/// The kind of that name, or nothing.
std::optional<pool_kind> pool_kind_of(std::string_view name) noexcept;

namespace detail {

/// The body of the maps where the kind of the pool is not known.
struct map_to_any {
    template <class F>
    static constexpr bool explain() {
        constexpr bool good = std::is_copy_constructible_v<F>;
        static_assert(good, "penstock: a map of any_pool may run this in several threads; make the callable copyable");
        return good;
    }
    template <class Verb, class Pool, class F, class... Ranges>
    static auto run(Pool& pool, const map_options& options, F&& f, Ranges&&... ranges) {
        if constexpr (!explain_map_to_processes<Verb, F, Ranges...>()) return refused_map{};
        else if constexpr (!explain<std::decay_t<F>>()) return refused_map{};
        else
            return map_to_processes::run<Verb>(pool, options, std::forward<F>(f), std::forward<Ranges>(ranges)...);
    }
};

} // namespace detail

/// With map, map_outcomes and map_unordered: detail/map_members.hpp; and with for_each_index: detail/loop_members.hpp.
class any_pool : public detail::map_members<any_pool, detail::map_to_any>,
                 public detail::loop_members<any_pool, detail::loop_by_map> {
public:
    /// Makes a pool. `workers` counts for the kinds that have more than one.
    explicit any_pool(pool_kind kind, pool_options options = {});
    /// Takes over a pool, or a share in it. Null is std::invalid_argument.
    explicit any_pool(std::shared_ptr<inline_pool> pool);
    explicit any_pool(std::shared_ptr<thread_pool> pool);
    explicit any_pool(std::shared_ptr<process_pool> pool);
    /// Refers to a pool of the caller's.
    explicit any_pool(inline_pool& pool) noexcept;
    explicit any_pool(thread_pool& pool) noexcept;
    explicit any_pool(process_pool& pool) noexcept;
    any_pool(const any_pool&) = delete;
    any_pool& operator=(const any_pool&) = delete;

    pool_kind kind() const noexcept { return static_cast<pool_kind>(pool_.index()); }
    /// The pool itself, for what only its kind can do: target<process_pool>()->reset(). Null when it is of another kind.
    template <class Pool>
    Pool* target() const noexcept {
        const auto* found = std::get_if<std::shared_ptr<Pool>>(&pool_);
        return found != nullptr ? found->get() : nullptr;
    }

    /// Runs f(args...) in the chosen pool.
    template <class F, class... Args>
        requires(!std::same_as<std::remove_cvref_t<F>, task_options>)
    auto submit(F&& f, Args&&... args) -> future<detail::call_result_t<F, Args...>> {
        return submit(task_options{}, std::forward<F>(f), std::forward<Args>(args)...);
    }
    template <class F, class... Args>
    auto submit(const task_options& options, F&& f, Args&&... args) -> future<detail::call_result_t<F, Args...>> {
        if constexpr (explain<F, Args...>()) {
            if (auto* processes = target<process_pool>())
                return processes->submit(options, std::forward<F>(f), std::forward<Args>(args)...);
            auto task = local<F, Args...>(f, args...);
            if (auto* threads = target<thread_pool>()) return threads->submit(options, std::move(task));
            return target<inline_pool>()->submit(options, std::move(task));
        } else {
            return {};
        }
    }

    /// The same, but empty instead of waiting when the pool's bound on pending tasks is reached. Arguments given away
    /// are gone either way.
    template <class F, class... Args>
        requires(!std::same_as<std::remove_cvref_t<F>, task_options>)
    auto try_submit(F&& f, Args&&... args) -> std::optional<future<detail::call_result_t<F, Args...>>> {
        return try_submit(task_options{}, std::forward<F>(f), std::forward<Args>(args)...);
    }
    template <class F, class... Args>
    auto try_submit(const task_options& options, F&& f, Args&&... args)
        -> std::optional<future<detail::call_result_t<F, Args...>>> {
        if constexpr (explain<F, Args...>()) {
            if (auto* processes = target<process_pool>())
                return processes->try_submit(options, std::forward<F>(f), std::forward<Args>(args)...);
            auto task = local<F, Args...>(f, args...);
            if (auto* threads = target<thread_pool>()) return threads->try_submit(options, std::move(task));
            return target<inline_pool>()->try_submit(options, std::move(task));
        } else {
            return std::nullopt;
        }
    }

    /// co_await pool.submit_async(f, args...) gives the future once there is room.
    template <class F, class... Args>
        requires(!std::same_as<std::remove_cvref_t<F>, task_options>)
    auto submit_async(F&& f, Args&&... args) -> detail::submit_awaiter<detail::call_result_t<F, Args...>> {
        return submit_async(task_options{}, std::forward<F>(f), std::forward<Args>(args)...);
    }
    template <class F, class... Args>
    auto submit_async(const task_options& options, F&& f, Args&&... args)
        -> detail::submit_awaiter<detail::call_result_t<F, Args...>> {
        if constexpr (explain<F, Args...>()) {
            if (auto* processes = target<process_pool>())
                return processes->submit_async(options, std::forward<F>(f), std::forward<Args>(args)...);
            auto task = local<F, Args...>(f, args...);
            if (auto* threads = target<thread_pool>()) return threads->submit_async(options, std::move(task));
            return target<inline_pool>()->submit_async(options, std::move(task));
        } else {
            return {};
        }
    }

    /// Runs f(args...) once on every worker. Nothing is given away.
    template <class F, class... Args>
    auto broadcast(F&& f, Args&&... args) -> std::vector<future<detail::call_result_t<F, Args...>>> {
        if constexpr (explain<const std::decay_t<F>&, const std::remove_reference_t<Args>&...>()) {
            if (auto* processes = target<process_pool>()) return processes->broadcast(std::forward<F>(f), args...);
            const auto task = local<const std::decay_t<F>&, const std::remove_reference_t<Args>&...>(f, args...);
            if (auto* threads = target<thread_pool>()) return threads->broadcast(task);
            return target<inline_pool>()->broadcast(task);
        } else {
            return {};
        }
    }

    /// For map: one task that calls f with each item in turn and keeps every outcome.
    template <class F, class... P>
    auto submit_chunk(const task_options& options, const F& f, std::vector<detail::chunk_item<P...>> items) {
        if (auto* processes = target<process_pool>())
            return processes->template submit_chunk<F, P...>(options, f, std::move(items));
        if (auto* threads = target<thread_pool>())
            return threads->template submit_chunk<F, P...>(options, f, std::move(items));
        return target<inline_pool>()->template submit_chunk<F, P...>(options, f, std::move(items));
    }

    /// Waits until everything submitted is done. The pool stays usable.
    void wait_idle();
    /// Ends the pool, whoever else has a share in it.
    void shutdown(shutdown_mode mode = shutdown_mode::drain);
    std::size_t workers() const;
    pool_stats stats() const;

private:
    template <class F, class... Args>
    static constexpr bool explain() {
        if constexpr (!detail::explain_call<F, Args...>()) return false;
        else return detail::explain_local_call<F, Args...>();
    }
    template <class F, class... Args>
    static auto local(std::remove_reference_t<F>& f, std::remove_reference_t<Args>&... args) {
        return detail::local_call_for<F, Args...>(std::in_place, std::forward<F>(f), std::forward<Args>(args)...);
    }

    // In the order of pool_kind.
    using storage =
        std::variant<std::shared_ptr<inline_pool>, std::shared_ptr<thread_pool>, std::shared_ptr<process_pool>>;
    storage pool_;
};

/// A pool of that kind. Its place is the caller's: `any_pool pool = make_pool(kind, options);`
inline any_pool make_pool(pool_kind kind, pool_options options = {}) { return any_pool(kind, std::move(options)); }

} // namespace penstock

// SPDX-License-Identifier: MIT
// thread_pool: the twin of process_pool. The same verbs, futures, options and errors; tasks run in threads of
// this process, nothing is encoded, and any callable will do: lambdas with captures, move-only ones,
// std::function.
//
//   thread_pool pool{{.workers = 4}};
//   auto answer = pool.submit([&table](unsigned row) { return table.sum(row); }, 17u);
//
// Arguments are kept as in a process pool, by parameter type (string_view as a string, span<const T> as a
// vector), so nothing dangles when the pools are swapped; pass std::ref where a task shall work on the
// caller's own object. What a task throws comes back as it is.
//
// Workers start when there is work for them, up to the number asked for; with an initializer, all at once. When the system
// gives no more threads, those that are there carry on; with none at all, submit throws std::system_error.
//
// Threads: every member may be called from any thread, tasks and callbacks included, with two limits:
// wait_idle() in a task throws std::system_error, and a shutdown in a task waits for all but the tasks it is
// called from. Callbacks run on the worker that completed the task (in the cancelling thread for one that was
// cancelled; at once, in the adding thread, when the task is done already). A task may wait for tasks of its
// own pool: get() runs one that has not begun in place, a wait with a limit lends its worker to it.
//
// Stopping: a thread cannot be killed. A task that is cancelled with force, or runs past its deadline, is asked
// (this_task::stop_requested, a leading std::stop_token parameter) and goes on until it comes to its end; only then
// its future gets task_cancelled or task_timeout, whatever the task returned. Nothing is retried.
//
// Bound: where max_pending is reached, submit waits; in a task or callback of this pool, which could wait for itself,
// it throws queue_full. try_submit never waits, submit_async suspends the coroutine; they come first when there is room.
//
// Failure: bad options are std::invalid_argument, submit after shutdown is
// pool_closed. When the initializer throws, every future, present or later, gets pool_broken with its
// message. Ownership: the pool owns its threads, and its destructor runs what was submitted and joins them.
// Destroyed in one of its own tasks or callbacks it leaves only that thread behind, which ends after it.
#pragma once

#include <penstock/detail/closure_task.hpp>
#include <penstock/detail/loop_members.hpp>
#include <penstock/detail/map_members.hpp>
#include <penstock/detail/submit_awaiter.hpp>
#include <penstock/detail/thread_loop.hpp>
#include <penstock/detail/thread_map.hpp>
#include <penstock/future.hpp>
#include <penstock/pool_options.hpp>
#include <penstock/pool_stats.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace penstock {

/// With map, map_outcomes and map_unordered: detail/map_members.hpp; and with for_each_index: detail/loop_members.hpp.
class thread_pool : public detail::map_members<thread_pool, detail::map_to_threads>,
                    public detail::loop_members<thread_pool, detail::loop_on_threads> {
public:
    /// Honoured are workers, initializer, finalizer, max_pending and task_timeout. Throws std::invalid_argument for any
    /// other field that is set, and for more than 65,536 workers; with an initializer, std::system_error when the
    /// threads cannot be had.
    explicit thread_pool(pool_options options = {});
    ~thread_pool();
    thread_pool(const thread_pool&) = delete;
    thread_pool& operator=(const thread_pool&) = delete;

    template <class F, class... Args>
        requires(!std::same_as<std::remove_cvref_t<F>, task_options>)
    future<detail::thread_call_result_t<F, Args...>> submit(F&& f, Args&&... args) {
        using result = detail::thread_call_result_t<F, Args...>;
        if constexpr (detail::explain_thread_call<F, Args...>()) {
            auto task = make<detail::closure_task, F, Args...>(std::forward<F>(f), std::forward<Args>(args)...);
            launch(*task, task_priority::normal);
            return future<result>(std::move(task));
        } else {
            return {};
        }
    }
    template <class F, class... Args>
    future<detail::thread_call_result_t<F, Args...>> submit(task_options options, F&& f, Args&&... args) {
        using result = detail::thread_call_result_t<F, Args...>;
        if constexpr (detail::explain_thread_call<F, Args...>()) {
            const task_priority priority = options.priority;
            auto task = make<detail::detailed_task, F, Args...>(detail::checked_details(std::move(options)),
                                                                std::forward<F>(f), std::forward<Args>(args)...);
            launch(*task, priority);
            return future<result>(std::move(task));
        } else {
            return {};
        }
    }

    /// The same, but empty instead of waiting when pool_options.max_pending is reached. Arguments given away are gone
    /// either way.
    template <class F, class... Args>
        requires(!std::same_as<std::remove_cvref_t<F>, task_options>)
    std::optional<future<detail::thread_call_result_t<F, Args...>>> try_submit(F&& f, Args&&... args) {
        return try_submit(task_options{}, std::forward<F>(f), std::forward<Args>(args)...);
    }
    template <class F, class... Args>
    std::optional<future<detail::thread_call_result_t<F, Args...>>> try_submit(task_options options, F&& f,
                                                                               Args&&... args) {
        using result = detail::thread_call_result_t<F, Args...>;
        if constexpr (detail::explain_thread_call<F, Args...>()) {
            const task_priority priority = options.priority;
            auto task = make<detail::detailed_task, F, Args...>(detail::checked_details(std::move(options)),
                                                                std::forward<F>(f), std::forward<Args>(args)...);
            if (try_launch(*task, priority)) return future<result>(std::move(task));
        }
        return std::nullopt;
    }

    /// co_await pool.submit_async(f, args...) gives the future once there is room. Where waiting was needed, the coroutine
    /// goes on in the thread that made the room: on the worker that completed a task.
    template <class F, class... Args>
        requires(!std::same_as<std::remove_cvref_t<F>, task_options>)
    detail::submit_awaiter<detail::thread_call_result_t<F, Args...>> submit_async(F&& f, Args&&... args) {
        return submit_async(task_options{}, std::forward<F>(f), std::forward<Args>(args)...);
    }
    template <class F, class... Args>
    detail::submit_awaiter<detail::thread_call_result_t<F, Args...>> submit_async(const task_options& options, F&& f,
                                                                                  Args&&... args) {
        using result = detail::thread_call_result_t<F, Args...>;
        if constexpr (detail::explain_thread_call<F, Args...>()) {
            const task_priority priority = options.priority;
            return detail::submit_awaiter<result>(
                launch_later(make<detail::detailed_task, F, Args...>(detail::checked_details(task_options(options)),
                                                                     std::forward<F>(f), std::forward<Args>(args)...),
                             priority));
        } else {
            return {};
        }
    }

    /// Runs f(args...) once on every worker: as many tasks as there are workers, each in another thread, before what waits.
    /// Each has a copy of f and of the arguments. Not held back by the bound on pending tasks. Throws std::system_error where
    /// the system has no thread for each worker. Tasks may wait for broadcasts: while one is open, another thread comes for
    /// each worker that waits; where the system refuses that one, a thread may answer twice.
    template <class F, class... Args>
    std::vector<future<detail::thread_call_result_t<F, const std::remove_reference_t<Args>&...>>> broadcast(
        F&& f, Args&&... args) {
        using result = detail::thread_call_result_t<F, const std::remove_reference_t<Args>&...>;
        std::vector<future<result>> futures;
        if constexpr (explain_broadcast<F, Args...>()) {
            const std::decay_t<F>& callable = f;
            std::vector<detail::state_ref<detail::thread_task>> tasks;
            do {
                futures.clear();
                tasks.clear();
                for (std::size_t count = workers(); tasks.size() != count;) {
                    tasks.push_back(make<detail::closure_task, F, const std::remove_reference_t<Args>&...>(callable, args...));
                    futures.emplace_back(detail::state_ref<detail::thread_task>::share(tasks.back().get()));
                }
            } while (!launch_on_all(tasks)); // again when they became more or less meanwhile
        }
        return futures;
    }

    /// For map: one task that calls f with each item in turn and keeps every outcome.
    template <class F, class... P>
    auto submit_chunk(const task_options& options, const F& f, std::vector<detail::chunk_item<P...>> items) {
        return submit(options, [f = f, items = std::move(items)]() mutable {
            return detail::run_chunk<F, P...>(f, items);
        });
    }

    /// Returns once nothing that was submitted is waiting or running, callbacks included; the pool stays
    /// usable.
    void wait_idle();
    /// After this no task begins until resume(), but for one that a worker has taken already and those that a running task
    /// waits for with get(). What runs goes on, submit takes more. shutdown resumes a pool.
    void pause();
    void resume();
    /// Takes no more tasks and ends the workers. Threads cannot be killed: `kill` does what `cancel_pending`
    /// does. From any thread, any number of times.
    void shutdown(shutdown_mode mode = shutdown_mode::drain);
    /// Changes the number of workers, 0 meaning available_cpus(). Surplus ones end when they have nothing to do. Throws
    /// pool_closed after shutdown.
    void resize(std::size_t workers);
    /// How many workers the pool is to have.
    std::size_t workers() const noexcept;
    pool_stats stats() const;

private:
    template <class F, class... Args>
    static constexpr bool explain_broadcast() {
        constexpr bool good = std::is_copy_constructible_v<std::decay_t<F>>;
        static_assert(good, "penstock: broadcast calls this in several threads; make the callable copyable");
        return good && detail::explain_thread_call<F, const std::remove_reference_t<Args>&...>();
    }
    template <template <class, class> class Task, class F, class... Args, class... Given>
    static auto make(Given&&... given) {
        using task = Task<typename detail::thread_call_for<F, Args...>::closure, detail::thread_call_result_t<F, Args...>>;
        return detail::state_ref<detail::thread_task>::adopt(new task(std::forward<Given>(given)...));
    }
    void launch(detail::thread_task& task, task_priority priority);
    bool try_launch(detail::thread_task& task, task_priority priority);
    detail::later_launch launch_later(detail::state_ref<detail::thread_task> task, task_priority priority);
    bool launch_on_all(std::vector<detail::state_ref<detail::thread_task>>& tasks);

    std::shared_ptr<pool::thread_crew> crew_;
};

} // namespace penstock

// SPDX-License-Identifier: MIT
// inline_pool: the pool without workers. submit runs the task then and there, in the thread that calls it, and gives
// back a future that is ready. The same verbs, options and errors as the other pools: for a sequential mode, for
// debugging, and for a figure to compare the others with.
//
//   inline_pool pool;
//   auto answer = pool.submit(fib, 30);   // returns when fib has
//   use(answer.get());                    // throws what the task threw
//
// Tasks are what a thread_pool takes, and arguments are kept as it keeps them. One task runs at a time: a second thread
// that submits waits for its turn. A task that submits to its own pool runs the other one inside; one that waits for
// another thread to submit to the same pool waits for ever. map runs the items that it reads ahead inside the call and
// the rest while it is iterated.
//
// Stopping: nobody holds a future of a task that has not ended, so cancel is always false, and shutdown waits for the
// task that another thread runs, in every mode. Deadlines are cooperative, as in a thread pool: past its deadline a task
// is asked to stop (this_task::stop_requested, a leading std::stop_token parameter), and its future gets task_timeout
// when it has come to its end. Callbacks run at once, in the thread that adds them.
//
// Threads: every member may be called from any thread, tasks included, but wait_idle() in a task throws
// std::system_error. Failure: bad options are std::invalid_argument, submit after shutdown is pool_closed; when the
// initializer throws, every future gets pool_broken with its message. Ownership: neither copied nor moved. A task may
// destroy its pool.
#pragma once

#include <penstock/detail/closure_task.hpp>
#include <penstock/detail/inline_closure.hpp>
#include <penstock/detail/loop_members.hpp>
#include <penstock/detail/map_members.hpp>
#include <penstock/detail/submit_awaiter.hpp>
#include <penstock/detail/thread_map.hpp>
#include <penstock/future.hpp>
#include <penstock/pool_options.hpp>
#include <penstock/pool_stats.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace penstock {

namespace pool {
class inline_worker;
} // namespace pool

/// With map, map_outcomes and map_unordered: detail/map_members.hpp; and with for_each_index: detail/loop_members.hpp.
class inline_pool : public detail::map_members<inline_pool, detail::map_to_threads>,
                    public detail::loop_members<inline_pool, detail::loop_by_map> {
public:
    /// Honoured are workers (0 or 1), max_pending (of tasks inside each other), task_timeout, initializer and finalizer;
    /// the initializer runs in the thread that submits first, the finalizer in the one that ends the pool. Throws
    /// std::invalid_argument for any other field that is set.
    explicit inline_pool(pool_options options = {});
    ~inline_pool();
    inline_pool(const inline_pool&) = delete;
    inline_pool& operator=(const inline_pool&) = delete;

    /// Runs f(args...). Of the task's options, label and timeout count; a priority has nothing to overtake.
    template <class F, class... Args>
        requires(!std::same_as<std::remove_cvref_t<F>, task_options>)
    future<detail::thread_call_result_t<F, Args...>> submit(F&& f, Args&&... args) {
        return submit(task_options{}, std::forward<F>(f), std::forward<Args>(args)...);
    }
    template <class F, class... Args>
    future<detail::thread_call_result_t<F, Args...>> submit(task_options options, F&& f, Args&&... args) {
        if constexpr (detail::explain_thread_call<F, Args...>()) {
            auto task = make_task(std::move(options), std::forward<F>(f), std::forward<Args>(args)...);
            run(*task);
            return future<detail::thread_call_result_t<F, Args...>>(std::move(task));
        } else {
            return {};
        }
    }

    /// The same, but empty instead of waiting when max_pending tasks are running. Arguments given away are gone either
    /// way.
    template <class F, class... Args>
        requires(!std::same_as<std::remove_cvref_t<F>, task_options>)
    std::optional<future<detail::thread_call_result_t<F, Args...>>> try_submit(F&& f, Args&&... args) {
        return try_submit(task_options{}, std::forward<F>(f), std::forward<Args>(args)...);
    }
    template <class F, class... Args>
    std::optional<future<detail::thread_call_result_t<F, Args...>>> try_submit(task_options options, F&& f,
                                                                               Args&&... args) {
        if constexpr (detail::explain_thread_call<F, Args...>()) {
            auto task = make_task(std::move(options), std::forward<F>(f), std::forward<Args>(args)...);
            if (try_run(*task)) return future<detail::thread_call_result_t<F, Args...>>(std::move(task));
        }
        return std::nullopt;
    }

    /// co_await pool.submit_async(f, args...) runs it and gives the future, without leaving the coroutine.
    template <class F, class... Args>
        requires(!std::same_as<std::remove_cvref_t<F>, task_options>)
    detail::submit_awaiter<detail::thread_call_result_t<F, Args...>> submit_async(F&& f, Args&&... args) {
        return submit_async(task_options{}, std::forward<F>(f), std::forward<Args>(args)...);
    }
    template <class F, class... Args>
    detail::submit_awaiter<detail::thread_call_result_t<F, Args...>> submit_async(const task_options& options, F&& f,
                                                                                  Args&&... args) {
        using result = detail::thread_call_result_t<F, Args...>;
        if constexpr (detail::explain_thread_call<F, Args...>())
            return detail::submit_awaiter<result>(
                run_later(make_task(task_options(options), std::forward<F>(f), std::forward<Args>(args)...)));
        else return {};
    }

    /// Runs f(args...) once, as there is one worker. Nothing is given away.
    template <class F, class... Args>
    std::vector<future<detail::thread_call_result_t<F, const std::remove_reference_t<Args>&...>>> broadcast(
        F&& f, Args&&... args) {
        std::vector<future<detail::thread_call_result_t<F, const std::remove_reference_t<Args>&...>>> futures;
        futures.push_back(submit(std::forward<F>(f), std::as_const(args)...));
        return futures;
    }

    /// For map: one task that calls f with each item in turn and keeps every outcome.
    template <class F, class... P>
    auto submit_chunk(const task_options& options, const F& f, std::vector<detail::chunk_item<P...>> items) {
        return submit(options, [f = f, items = std::move(items)]() mutable {
            return detail::run_chunk<F, P...>(f, items);
        });
    }

    /// Returns when no other thread runs a task.
    void wait_idle();
    /// Takes no more tasks, and waits for the one that another thread runs. From any thread, any number of times.
    void shutdown(shutdown_mode mode = shutdown_mode::drain);
    std::size_t workers() const noexcept { return 1; }
    /// `queued` are the threads that wait for their turn, `running` the tasks inside each other.
    pool_stats stats() const;

private:
    template <class F, class... Args>
    static auto make_task(task_options&& options, F&& f, Args&&... args) {
        using call = detail::thread_call_for<F, Args...>;
        using task = detail::inline_closure<typename call::closure, typename call::result>;
        return detail::state_ref<detail::inline_task>::adopt(
            new task(std::move(options), std::forward<F>(f), std::forward<Args>(args)...));
    }
    void run(detail::inline_task& task);
    bool try_run(detail::inline_task& task);
    detail::later_launch run_later(detail::state_ref<detail::inline_task> task);

    std::shared_ptr<pool::inline_worker> worker_;
};

} // namespace penstock

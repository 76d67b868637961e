// SPDX-License-Identifier: MIT
// START HERE. process_pool runs functions in worker processes (the same executable) and gives back futures:
//
//   int main(int argc, char** argv) {
//       penstock::init(argc, argv);                  // first line: a worker process never returns from here
//       penstock::process_pool pool{{.workers = 4}};
//       auto answer = pool.submit(fib, 40);          // any thread; arguments follow the parameters of fib
//       use(answer.get());                           // throws what the task threw
//   }                                                // drains, then ends the workers
//
// Whatever a task does, only its own future fails: a worker that dies is replaced, the tasks queued behind run elsewhere.
//
// Threads: all members may be called from any thread. In a child made by fork() the pool is dead: submit throws, the
// rest does nothing. Ownership: neither copied nor moved. Failure: the constructor throws not_initialized,
// std::invalid_argument (options) or start_error; submit throws payload_error (an argument does not encode) or
// pool_closed; everything else comes out of the future, pool_broken included.
#pragma once

#include <penstock/detail/call.hpp>
#include <penstock/detail/loop_members.hpp>
#include <penstock/detail/map_members.hpp>
#include <penstock/detail/remote_chunk.hpp>
#include <penstock/future.hpp>
#include <penstock/detail/submit_awaiter.hpp>
#include <penstock/pool_options.hpp>
#include <penstock/pool_stats.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace penstock {

namespace pool {
class process_engine;
}

/// With map, map_outcomes and map_unordered: detail/map_members.hpp; and with for_each_index: detail/loop_members.hpp.
class process_pool : public detail::map_members<process_pool, detail::map_to_processes>,
                     public detail::loop_members<process_pool, detail::loop_by_map> {
public:
    /// Starts the workers and returns once each has a process (they get ready meanwhile).
    explicit process_pool(const pool_options& options = {});
    /// shutdown(drain). Inside one of this pool's callbacks too.
    ~process_pool();
    process_pool(const process_pool&) = delete;
    process_pool& operator=(const process_pool&) = delete;

    /// Runs f(args...) in a worker. What may be sent: callable.hpp.
    template <class F, class... Args>
        requires(!std::same_as<std::remove_cvref_t<F>, task_options>)
    auto submit(F&& f, Args&&... args) -> future<detail::call_result_t<F, Args...>> {
        return submit(task_options{}, std::forward<F>(f), std::forward<Args>(args)...);
    }
    template <class F, class... Args>
    auto submit(const task_options& options, F&& f, Args&&... args) -> future<detail::call_result_t<F, Args...>> {
        using result = detail::call_result_t<F, Args...>;
        if constexpr (detail::explain_call<F, Args...>()) {
            const std::decay_t<F>& callable = f;
            return future<result>(
                launch(detail::call_encoder_for<F, Args...>::encode(callable, args...), &detail::decode_result<result>, options));
        } else {
            return {};
        }
    }

    /// The same, but empty instead of waiting when pool_options.max_pending or max_pending_bytes is reached. Arguments
    /// given away are gone either way.
    template <class F, class... Args>
        requires(!std::same_as<std::remove_cvref_t<F>, task_options>)
    auto try_submit(F&& f, Args&&... args) -> std::optional<future<detail::call_result_t<F, Args...>>> {
        return try_submit(task_options{}, std::forward<F>(f), std::forward<Args>(args)...);
    }
    template <class F, class... Args>
    auto try_submit(const task_options& options, F&& f, Args&&... args)
        -> std::optional<future<detail::call_result_t<F, Args...>>> {
        using result = detail::call_result_t<F, Args...>;
        if constexpr (detail::explain_call<F, Args...>()) {
            const std::decay_t<F>& callable = f;
            auto state = try_launch(detail::call_encoder_for<F, Args...>::encode(callable, args...),
                                    &detail::decode_result<result>, options);
            if (state) return future<result>(std::move(state));
        }
        return std::nullopt;
    }

    /// co_await pool.submit_async(f, args...) gives the future once there is room. Where waiting was needed, the
    /// coroutine goes on on the callback thread. The arguments are encoded in the call.
    template <class F, class... Args>
        requires(!std::same_as<std::remove_cvref_t<F>, task_options>)
    auto submit_async(F&& f, Args&&... args) -> detail::submit_awaiter<detail::call_result_t<F, Args...>> {
        return submit_async(task_options{}, std::forward<F>(f), std::forward<Args>(args)...);
    }
    template <class F, class... Args>
    auto submit_async(const task_options& options, F&& f, Args&&... args)
        -> detail::submit_awaiter<detail::call_result_t<F, Args...>> {
        using result = detail::call_result_t<F, Args...>;
        if constexpr (detail::explain_call<F, Args...>()) {
            const std::decay_t<F>& callable = f;
            return detail::submit_awaiter<result>(launch_later(
                detail::call_encoder_for<F, Args...>::encode(callable, args...), &detail::decode_result<result>, options));
        } else {
            return {};
        }
    }

    /// Runs f(args...) once on every worker: future i is of worker i. A worker that is replaced before it came to it
    /// leaves it to its successor. Not held back by the bound on pending tasks.
    template <class F, class... Args>
    auto broadcast(F&& f, Args&&... args) -> std::vector<future<detail::call_result_t<F, Args...>>> {
        using result = detail::call_result_t<F, Args...>;
        std::vector<future<result>> futures;
        if constexpr (detail::explain_call<F, Args...>()) {
            const std::decay_t<F>& callable = f;
            const std::size_t count = workers();
            futures.reserve(count);
            for (std::size_t worker = 0; worker != count; ++worker) // encoded for each, so nothing is given away
                futures.emplace_back(
                    launch_on(worker, detail::call_encoder_for<F, const std::remove_reference_t<Args>&...>::encode(callable, args...),
                              &detail::decode_result<result>, {}));
        }
        return futures;
    }

    /// For map: one task that calls f with each item in turn and keeps every outcome.
    template <class F, class... P>
    auto submit_chunk(const task_options& options, const F& f, std::vector<detail::chunk_item<P...>> items) {
        using result = detail::chunk_result<detail::chunk_value_t<F, P...>>;
        return future<result>(launch(detail::encode_chunk<F, P...>(f, items, options.label), &detail::decode_result<result>, options));
    }

    /// Waits until everything submitted is done. The pool stays usable.
    void wait_idle();
    /// Ends the pool and waits for its workers to be gone. Idempotent; a later call may be harsher than the first.
    void shutdown(shutdown_mode mode = shutdown_mode::drain);
    /// Lets a pool that broke (pool_broken) start anew, with a new restart budget. Throws pool_broken where it cannot.
    void reset();
    /// Changes the number of workers, 0 meaning available_cpus(). Surplus workers end when they have nothing to do.
    void resize(std::size_t workers);
    /// How many workers the pool is to have.
    std::size_t workers() const;
    pool_stats stats() const;

private:
    detail::state_ref<detail::shared_state> launch(detail::encoded_call&& call, detail::decode_function* decode,
                                                   const task_options& options);
    detail::state_ref<detail::shared_state> try_launch(detail::encoded_call&& call, detail::decode_function* decode,
                                                       const task_options& options);
    detail::state_ref<detail::shared_state> launch_on(std::size_t worker, detail::encoded_call&& call,
                                                      detail::decode_function* decode, const task_options& options);
    detail::later_launch launch_later(detail::encoded_call&& call, detail::decode_function* decode, const task_options& options);

    std::shared_ptr<pool::process_engine> engine_;
};

} // namespace penstock

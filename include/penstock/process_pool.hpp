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
#include <penstock/detail/map_range.hpp>
#include <penstock/detail/remote_chunk.hpp>
#include <penstock/future.hpp>
#include <penstock/pool_options.hpp>

#include <concepts>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

namespace penstock {

namespace pool {
class process_engine;
}

class process_pool {
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
                enqueue(detail::call_encoder_for<F, Args...>::encode(callable, args...), &detail::decode_result<result>, options));
        } else {
            return {};
        }
    }

    /// Calls f with the items of the ranges in the workers; the results come in input order. See detail/map_range.hpp.
    template <class F, class... Ranges>
        requires(!std::same_as<std::remove_cvref_t<F>, map_options>)
    auto map(F&& f, Ranges&&... ranges) {
        return detail::map_across(*this, map_options{}, std::forward<F>(f), std::forward<Ranges>(ranges)...);
    }
    template <class F, class... Ranges>
    auto map(const map_options& options, F&& f, Ranges&&... ranges) {
        return detail::map_across(*this, options, std::forward<F>(f), std::forward<Ranges>(ranges)...);
    }

    /// For map: one task that calls f with each item in turn and keeps every outcome.
    template <class F, class... P>
    auto submit_chunk(const task_options& options, const F& f, std::vector<detail::chunk_item<P...>> items) {
        using result = detail::chunk_result<detail::chunk_value_t<F, P...>>;
        return future<result>(enqueue(detail::encode_chunk<F, P...>(f, items, options.label), &detail::decode_result<result>, options));
    }

    /// Waits until everything submitted is done. The pool stays usable.
    void wait_idle();
    /// Ends the pool and waits for its workers to be gone. Idempotent; a later call may be harsher than the first.
    void shutdown(shutdown_mode mode = shutdown_mode::drain);
    /// How many workers the pool keeps.
    std::size_t workers() const noexcept;

private:
    detail::state_ref<detail::shared_state> enqueue(detail::encoded_call&& call, detail::decode_function* decode,
                                                    const task_options& options);

    std::shared_ptr<pool::process_engine> engine_;
};

} // namespace penstock

// SPDX-License-Identifier: MIT
// Several calls of one callable as one task: a chunk of a map. This part is common to threads and processes;
// what crosses is in remote_chunk.hpp. Each call's exception stays with its item. A chunk runs in one thread.
#pragma once

#include <penstock/detail/chunk_result.hpp>
#include <penstock/detail/signature.hpp>

#include <chrono>
#include <exception>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace penstock::detail {

/// What F returns for the parameters P, as a value of its own.
template <class F, class... P>
using chunk_value_t = std::decay_t<task_result_t<F&, passed_t<P>...>>;
/// The arguments of one call.
template <class... P>
using chunk_item = std::tuple<owned_argument_t<P>...>;

/// Throws nothing, but lets a thread that ends itself (pthread_exit) go.
template <class F, class... P>
outcome<chunk_value_t<F, P...>> call_item(F& f, chunk_item<P...>& item) {
    using ended = outcome<chunk_value_t<F, P...>>;
    try {
        return std::apply(
            [&](owned_argument_t<P>&... owned) {
                if constexpr (std::is_void_v<chunk_value_t<F, P...>>)
                    return invoke_task(f, pass_argument<P>(owned)...), ended::of();
                else return ended::of(invoke_task(f, pass_argument<P>(owned)...));
            },
            item);
    } catch (...) {
        std::exception_ptr thrown = std::current_exception();
        if (thrown == nullptr) throw;  // no exception, but the end of this thread on its way
        return ended::failed(std::move(thrown));
    }
}

/// A chunk in a thread of this process.
template <class F, class... P>
chunk_result<chunk_value_t<F, P...>> run_chunk(F& f, std::vector<chunk_item<P...>>& items) {
    chunk_result<chunk_value_t<F, P...>> done;
    const auto started = std::chrono::steady_clock::now();
    done.outcomes.reserve(items.size());
    for (auto& item : items) done.outcomes.push_back(call_item<F, P...>(f, item));
    done.took = std::chrono::steady_clock::now() - started;
    return done;
}

}  // namespace penstock::detail

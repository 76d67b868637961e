// SPDX-License-Identifier: MIT
// async_submit: a task of a pool as an asynchronous operation of Asio, for any completion token.
//
//   asio::awaitable<void> work(process_pool& pool) {
//       int sum = co_await async_submit(pool, add, 1, 2, asio::use_awaitable);
//   }
//   async_submit(pool, add, 1, 2, [](std::exception_ptr error, int sum) {...});
//
// Optional: the only header of Penstock that needs Asio. It takes Boost.Asio (1.74 or newer) or standalone Asio (1.18 or
// newer): the one that the file has included before; else what PENSTOCK_ASIO_IS_BOOST says (1 or 0), if it is defined;
// else standalone Asio where the compiler finds it. A program should use one of them.
//
// The handler is called as h(std::exception_ptr, R), or h(std::exception_ptr) for void, through its associated executor,
// never in async_submit itself; without one, on the callback thread of a process pool or the worker of a thread pool.
// Until then the executor has outstanding work, and its context must live. R must be default-constructible: that is what
// comes with an exception.
//
// Cancellation slots (Boost 1.77, Asio 1.20): cancellation_type total and partial cancel the task if it is pending;
// terminal ends it even when it runs, as future::cancel(force) does. The handler gets task_cancelled then.
//
// Failure: async_submit does not throw and does not wait. Where submit would throw, the handler gets the exception; where
// the pool is full (max_pending), queue_full. Threads: any.
#pragma once

#if defined(BOOST_ASIO_VERSION) || defined(BOOST_ASIO_HPP)
#    define PENSTOCK_ASIO_USES_BOOST 1
#elif defined(ASIO_VERSION) || defined(ASIO_HPP)
#    define PENSTOCK_ASIO_USES_BOOST 0
#elif defined(PENSTOCK_ASIO_IS_BOOST)
#    define PENSTOCK_ASIO_USES_BOOST PENSTOCK_ASIO_IS_BOOST
#elif __has_include(<asio/async_result.hpp>)
#    define PENSTOCK_ASIO_USES_BOOST 0
#elif __has_include(<boost/asio/async_result.hpp>)
#    define PENSTOCK_ASIO_USES_BOOST 1
#else
#    error "penstock/asio.hpp needs Asio: install libasio-dev (standalone) or libboost-dev 1.74 or newer"
#endif

#if PENSTOCK_ASIO_USES_BOOST
#    include <boost/asio/associated_executor.hpp>
#    include <boost/asio/async_result.hpp>
#    include <boost/asio/dispatch.hpp>
#    include <boost/asio/executor_work_guard.hpp>
#    include <boost/asio/post.hpp>
#    include <boost/asio/system_executor.hpp>
#    include <boost/version.hpp>
#    if BOOST_VERSION >= 107700
#        include <boost/asio/associated_cancellation_slot.hpp>
#        define PENSTOCK_ASIO_CANCELS 1
#    else
#        define PENSTOCK_ASIO_CANCELS 0
#    endif
#else
#    include <asio/associated_executor.hpp>
#    include <asio/async_result.hpp>
#    include <asio/dispatch.hpp>
#    include <asio/executor_work_guard.hpp>
#    include <asio/post.hpp>
#    include <asio/system_executor.hpp>
#    include <asio/version.hpp>
#    if ASIO_VERSION >= 102000
#        include <asio/associated_cancellation_slot.hpp>
#        define PENSTOCK_ASIO_CANCELS 1
#    else
#        define PENSTOCK_ASIO_CANCELS 0
#    endif
#endif

#include <penstock/errors.hpp>
#include <penstock/future.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace penstock {

namespace detail {

#if PENSTOCK_ASIO_USES_BOOST
namespace asio_used = ::boost::asio;
#else
namespace asio_used = ::asio;
#endif

/// One operation: waits for the task, then completes through the handler's executor.
template <class R, class Handler>
class asio_operation final : public callback, public std::enable_shared_from_this<asio_operation<R, Handler>> {
    using executor = asio_used::associated_executor_t<Handler, asio_used::system_executor>;

public:
    explicit asio_operation(Handler handler)
        : handler_(std::move(handler)), work_(asio_used::get_associated_executor(*handler_, asio_used::system_executor())) {}

    void begin(std::optional<future<R>> task) {
        if (!task) return fail(std::make_exception_ptr(queue_full("penstock: async_submit: the bound on pending tasks is reached")));
        task_ = std::move(*task);
        listen();
        kept_ = this->shared_from_this();
        shared_state& state = task_.state();
        if (!state.add_callback_in_time(*this)) asio_used::post(work_.get_executor(), completion());
    }
    void fail(std::exception_ptr error) {
        error_ = std::move(error);
        kept_ = this->shared_from_this();
        asio_used::post(work_.get_executor(), completion());
    }

private:
    void run(shared_state&) noexcept override {
        try {
            const auto where = work_.get_executor();
            // Posted even in its own thread: that may be in the middle of cancelling.
            if constexpr (std::is_same_v<executor, asio_used::system_executor>) asio_used::dispatch(where, completion());
            else asio_used::post(where, completion());
        } catch (...) { // of a handler that was called here
            report_callback_exception();
        }
    }
    /// Calls the handler; decodes the result there.
    auto completion() {
        return [self = std::exchange(kept_, nullptr)]() mutable { self->complete(); };
    }
    void complete() {
        Handler handler = std::move(*handler_);
        handler_.reset();
        const auto last_to_go = std::move(work_); // after the handler has begun what is next
        if constexpr (std::is_void_v<R>) {
            auto error = outcome([this] { task_.get(); });
            std::move(handler)(std::move(error));
        } else {
            std::optional<R> value;
            auto error = outcome([&] { value.emplace(task_.get()); });
            if (!value) value.emplace();
            std::move(handler)(std::move(error), std::move(*value));
        }
    }
    template <class Get>
    std::exception_ptr outcome(Get get) noexcept {
        if (error_) return std::move(error_);
        try {
            get();
            return nullptr;
        } catch (...) {
            return std::current_exception();
        }
    }
    void listen() {
#if PENSTOCK_ASIO_CANCELS
        auto slot = asio_used::get_associated_cancellation_slot(*handler_);
        if (!slot.is_connected()) return;
        using type = asio_used::cancellation_type;
        slot.assign([weak = this->weak_from_this()](type wanted) {
            const auto self = weak.lock();
            if (!self || !self->task_.valid()) return; // called in the executor, where it completes too
            if ((wanted & type::terminal) != type::none) self->task_.cancel(force);
            else if ((wanted & (type::total | type::partial)) != type::none) self->task_.cancel();
        });
#endif
    }

    std::optional<Handler> handler_;
    asio_used::executor_work_guard<executor> work_;
    future<R> task_;
    std::exception_ptr error_;
    std::shared_ptr<asio_operation> kept_; // while the pool has us
};

template <class R>
struct asio_signature {
    using type = void(std::exception_ptr, R);
};
template <>
struct asio_signature<void> {
    using type = void(std::exception_ptr);
};

/// What is called when the operation is to begin: at once, or later, as the token wants it.
template <class Pool, class R, class Call>
class asio_initiation {
public:
    asio_initiation(Pool& pool, Call call) : pool_(&pool), call_(std::move(call)) {}

    template <class Handler>
    void operator()(Handler&& handler) {
        const auto operation = std::make_shared<asio_operation<R, std::decay_t<Handler>>>(std::forward<Handler>(handler));
        std::optional<future<R>> task;
        try {
            task = std::apply([this](auto&... part) { return pool_->try_submit(std::move(part)...); }, call_);
        } catch (...) {
            return operation->fail(std::current_exception());
        }
        operation->begin(std::move(task));
    }

private:
    Pool* pool_;
    Call call_; // a tuple: f, args...
};

template <class Pool, class... Part>
using submitted_t = typename decltype(std::declval<Pool&>().try_submit(std::declval<Part>()...))::value_type::value_type;

template <class Pool, class Pack, std::size_t... I>
decltype(auto) async_submit_pack(Pool& pool, Pack&& pack, std::index_sequence<I...>) {
    using parts = std::remove_reference_t<Pack>;
    using call = std::tuple<std::decay_t<std::tuple_element_t<I, parts>>...>;
    using result = submitted_t<Pool, std::decay_t<std::tuple_element_t<I, parts>>...>;
    static_assert(std::is_void_v<result> || std::is_default_constructible_v<result>,
                  "penstock: async_submit: the result must be default-constructible, as a handler gets one beside an exception");
    using token = std::tuple_element_t<sizeof...(I), parts>;
    std::remove_reference_t<token>& last = std::get<sizeof...(I)>(pack);
    return asio_used::async_initiate<token, typename asio_signature<result>::type>(
        asio_initiation<Pool, result, call>(pool, call(std::get<I>(std::move(pack))...)), last);
}

} // namespace detail

/// pool.submit(parts...) but for the last of them, which is the completion token. The parts may begin with task_options.
template <class Pool, class... Parts>
    requires(sizeof...(Parts) >= 2)
decltype(auto) async_submit(Pool& pool, Parts&&... parts_and_token) {
    return detail::async_submit_pack(pool, std::forward_as_tuple(std::forward<Parts>(parts_and_token)...),
                                     std::make_index_sequence<sizeof...(Parts) - 1>());
}

} // namespace penstock

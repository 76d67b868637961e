// SPDX-License-Identifier: MIT
// Where requests go. An operation starts a request or a pause and is told when it is over; a blocking transport tells
// it before start() returns, a multi transport from its loop. One thread at a time; it must outlive the operations.
#pragma once

#include "client/http.hpp"

#include <chrono>
#include <coroutine>
#include <functional>
#include <utility>

namespace s3 {

// Asked now and then, in the transport's thread, also while it waits; true ends all exchanges with
// http_failure::stopped.
using stop_check = std::function<bool()>;

class transport {
public:
    using completion = std::function<void(http_response)>;

    transport() = default;
    transport(const transport&) = delete;
    transport& operator=(const transport&) = delete;
    virtual ~transport() = default;

    // Completes every request exactly once, failed ones too.
    virtual void start(http_request request, completion done) = 0;
    // Completes after the delay, or earlier when a stop is asked for.
    virtual void pause(std::chrono::milliseconds delay, std::function<void()> done) = 0;
};

// `http_response answer = co_await exchange` for a named `http_exchange exchange(transport, std::move(request));`
class http_exchange {
public:
    http_exchange(transport& way, http_request request) : way_(way), request_(std::move(request)) {}
    http_exchange(const http_exchange&) = delete;
    http_exchange& operator=(const http_exchange&) = delete;

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    [[nodiscard]] bool await_suspend(std::coroutine_handle<> waiting) {
        way_.start(std::move(request_), [this](http_response response) {
            response_ = std::move(response);
            done_ = true;
            if (waiting_) waiting_.resume();
        });
        if (done_) return false;
        waiting_ = waiting;
        return true;
    }
    http_response await_resume() { return std::move(response_); }

private:
    transport& way_;
    http_request request_;
    http_response response_;
    std::coroutine_handle<> waiting_;
    bool done_ = false;
};

// `co_await rest` for a named `pause_for rest(transport, delay);`
class pause_for {
public:
    pause_for(transport& way, std::chrono::milliseconds delay) : way_(way), delay_(delay) {}
    pause_for(const pause_for&) = delete;
    pause_for& operator=(const pause_for&) = delete;

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    [[nodiscard]] bool await_suspend(std::coroutine_handle<> waiting) {
        way_.pause(delay_, [this] {
            done_ = true;
            if (waiting_) waiting_.resume();
        });
        if (done_) return false;
        waiting_ = waiting;
        return true;
    }
    void await_resume() const noexcept {}

private:
    transport& way_;
    std::chrono::milliseconds delay_;
    std::coroutine_handle<> waiting_;
    bool done_ = false;
};

}  // namespace s3

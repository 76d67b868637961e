// SPDX-License-Identifier: MIT
// What co_await makes of a future or shared_future. It lives in the waiting coroutine, which may be destroyed while it
// waits (though not while it is being resumed): it is not resumed then, and the future's result is discarded.
#pragma once

#include <penstock/detail/resume_loop.hpp>

#include <coroutine>
#include <utility>

namespace penstock::detail {

template <class Future>
class future_awaiter {
public:
    explicit future_awaiter(Future awaited) noexcept : future_(std::move(awaited)) {}
    future_awaiter(const future_awaiter&) = delete;
    future_awaiter& operator=(const future_awaiter&) = delete;
    ~future_awaiter() {
        if (wake_up_ != nullptr) wake_up_->leave();
    }

    bool await_ready() const { return future_.ready(); }
    /// False when it has become ready meanwhile.
    bool await_suspend(std::coroutine_handle<> waiting) {
        auto& added = *(wake_up_ = new resumption(waiting));
        if (future_.state().add_callback_in_time(added)) return true; // and this may be gone
        delete std::exchange(wake_up_, nullptr);
        return false;
    }
    decltype(auto) await_resume() { return future_.get(); }

private:
    Future future_;
    resumption* wake_up_ = nullptr;
};

} // namespace penstock::detail

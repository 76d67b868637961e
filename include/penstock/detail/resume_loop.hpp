// SPDX-License-Identifier: MIT
// Coroutines that go on one after another in a thread, on a flat stack. It is what symmetric transfer is for, but that
// rests on tail calls which compilers make only when they optimise.
//
// A coroutine that is about to suspend hands over to the next one. When it was resumed by a loop, it returns to the loop,
// which resumes the next; else (it is of somebody else's type, resumed by somebody else) the next one runs at once.
#pragma once

#include <penstock/detail/shared_state.hpp>

#include <atomic>
#include <coroutine>

namespace penstock::detail {

/// Resumes a coroutine, then those that it and its successors hand over to. Throws what a resumption throws.
void resume_loop(std::coroutine_handle<> first);
/// To be called in await_suspend of `from`, and last there: either coroutine may be gone after it.
void hand_over(std::coroutine_handle<> from, std::coroutine_handle<> next);

/// Resumes a coroutine when a state is ready. Two own it: the state, until it has called run(), and the awaiter.
class resumption final : public callback {
public:
    explicit resumption(std::coroutine_handle<> waiting) noexcept : waiting_(waiting) {}
    void run(shared_state& state) noexcept override;
    /// The awaiter is going: a coroutine that still waits is not resumed any more.
    void leave() noexcept {
        if (one_left_.exchange(true, std::memory_order_acq_rel)) delete this;
    }

private:
    std::coroutine_handle<> waiting_;
    std::atomic<bool> one_left_{false};
};

} // namespace penstock::detail

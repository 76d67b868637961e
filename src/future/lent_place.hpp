// SPDX-License-Identifier: MIT
// What a pool's worker does with its place while it sleeps in a wait: a stand-in has it, where what is waited for can lend it;
// else the pool knows that one worker less is awake. Nothing in other threads.
#pragma once

#include <penstock/detail/shared_state.hpp>

#include <chrono>

namespace penstock::detail {

class lent_place {
public:
    /// `lender` has stepped aside, or is null. `beside_me`: what is waited for runs in this thread's own pool.
    lent_place(shared_state* lender, bool beside_me) noexcept
        : lender_(lender), here_(pool_thread::current()), beside_me_(beside_me) {
        if (lender_ == nullptr && here_ != nullptr) here_->block(beside_me_);
    }
    ~lent_place() {
        if (lender_ != nullptr) lender_->step_back();
        else if (here_ != nullptr) here_->unblock(beside_me_);
    }
    lent_place(const lent_place&) = delete;
    lent_place& operator=(const lent_place&) = delete;

    bool is_lent() const noexcept { return lender_ != nullptr && here_ != nullptr; }
    bool is_alone() const noexcept { return is_lent() && here_->is_alone(); }
    /// Who has lent it looks again after so long, as a stand-in may be lost, or wait itself, when no other can be had.
    static std::chrono::milliseconds longest_sleep(bool alone) noexcept { return std::chrono::milliseconds(alone ? 10 : 100); }

private:
    shared_state* const lender_;
    pool_thread* const here_;
    const bool beside_me_;
};

} // namespace penstock::detail

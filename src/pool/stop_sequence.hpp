// SPDX-License-Identifier: MIT
// The timed steps by which a worker, or the task in it, is brought to an end: one step at a time, each with the time of
// the next. Pure. Where a step succeeds the sequence is dropped.
//
//   a task         request ---grace---> terminate ---short---> kill
//   a worker       bye     ---grace---> terminate ---short---> kill
//   not ready      (start_timeout) ---> kill
//   pipe closed    (500 ms)        ---> kill
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace penstock::pool {

class stop_sequence {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using nanoseconds = std::chrono::nanoseconds;
    enum class step : std::uint8_t { none, starting, hung_up, asked, terminated, killed };

    step now() const noexcept { return step_; }
    bool active() const noexcept { return step_ != step::none; }
    void clear() noexcept { *this = {}; }
    /// Enters a step; the next one is due after `wait`.
    void enter(step entered, time_point now, nanoseconds wait) noexcept {
        step_ = entered;
        due_ = wait < time_point::max() - now ? now + wait : time_point::max(); // "for ever" may be nanoseconds::max()
    }
    /// When the next step is due; empty when there is none to come.
    std::optional<time_point> due() const noexcept {
        if (step_ == step::none || step_ == step::killed || due_ == time_point::max()) return std::nullopt;
        return due_;
    }
    /// Goes on to the next step when it is due, and returns it.
    step advance(time_point now, nanoseconds grace) noexcept {
        if (!due() || now < due_) return step::none;
        if (step_ == step::asked) enter(step::terminated, now, std::min<nanoseconds>(grace, std::chrono::milliseconds(500)));
        else enter(step::killed, now, nanoseconds::max());
        return step_;
    }
    void postpone(nanoseconds by) noexcept {
        if (due_ < time_point::max() - by) due_ += by;
    }

private:
    step step_ = step::none;
    time_point due_{};
};

} // namespace penstock::pool

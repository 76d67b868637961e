// SPDX-License-Identifier: MIT
// When to start a worker again that died before it was ready, and when to give up: at most max(5, 2 x workers) such
// deaths in 10 s, with a pause of 50 ms x 2^k, at most 5 s, after the k-th in a row. A worker that got ready resets the
// pause. Deaths of ready workers never count: those are the tasks' doing. Pure: no clock of its own, no thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

namespace penstock::pool {

class restart_policy {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit restart_policy(std::size_t workers) noexcept : budget_(std::max<std::size_t>(5, 2 * workers)) {}

    /// How long to wait before the next start; empty when the budget is spent.
    std::optional<std::chrono::milliseconds> died_before_ready(time_point now) {
        using namespace std::chrono_literals;
        while (!deaths_.empty() && now - deaths_.front() > 10s) deaths_.pop_front();
        deaths_.push_back(now);
        if (deaths_.size() > budget_) return std::nullopt;
        const int doublings = std::min(in_a_row_++, 7);
        return std::min<std::chrono::milliseconds>(50ms * (1 << doublings), 5s);
    }
    void became_ready() noexcept { in_a_row_ = 0; }
    std::size_t budget() const noexcept { return budget_; }

private:
    std::size_t budget_;
    int in_a_row_ = 0;
    std::deque<time_point> deaths_;
};

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// When to start a worker again that died before it was ready, and when to give up: restart_budget says how many such
// deaths in which time are forgiven, and how the pauses grow. A worker that got ready resets the pause. Deaths of ready
// workers never count: those are the tasks' doing. Pure: no clock of its own, no chance of its own, no thread.
#pragma once

#include <penstock/pool_options.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

namespace penstock::pool {

class restart_policy {
public:
    using time_point = std::chrono::steady_clock::time_point;
    using nanoseconds = std::chrono::nanoseconds;

    explicit restart_policy(std::size_t workers, const restart_budget& options = {}) : options_(options), workers_(workers) {}

    /// How long to wait before the next start; empty when the budget is spent. `chance`, in [0, 1), makes the pause shorter
    /// by up to a quarter, so that workers which died together do not start together.
    std::optional<nanoseconds> died_before_ready(time_point now, double chance = 0) {
        while (!deaths_.empty() && now - deaths_.front() > options_.window) deaths_.pop_front();
        deaths_.push_back(now);
        if (deaths_.size() > budget()) return std::nullopt;
        nanoseconds pause = options_.backoff;
        for (int doubled = 0; doubled != in_a_row_ && pause < options_.longest_backoff; ++doubled)
            pause = pause < options_.longest_backoff / 2 ? 2 * pause : options_.longest_backoff;
        in_a_row_ = std::min(in_a_row_ + 1, most_doublings);
        pause = std::min(pause, options_.longest_backoff);
        return pause - nanoseconds(static_cast<std::int64_t>(static_cast<double>(pause.count()) / 4 * chance));
    }
    void became_ready() noexcept { in_a_row_ = 0; }
    void set_workers(std::size_t workers) noexcept { workers_ = workers; }
    std::size_t budget() const noexcept {
        return options_.deaths != 0 ? options_.deaths : std::max<std::size_t>(5, 2 * workers_);
    }
    nanoseconds window() const noexcept { return options_.window; }

private:
    static constexpr int most_doublings = 62;

    restart_budget options_;
    std::size_t workers_;
    int in_a_row_ = 0;
    std::deque<time_point> deaths_;
};

} // namespace penstock::pool

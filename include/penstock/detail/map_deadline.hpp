// SPDX-License-Identifier: MIT
// The time limit of a map, counted from the call; without one it never passes. Any thread may ask.
#pragma once

#include <penstock/future.hpp>
#include <penstock/pool_options.hpp>

#include <chrono>
#include <exception>
#include <string>

namespace penstock::detail {

class map_deadline {
public:
    /// Throws std::invalid_argument for a negative limit.
    explicit map_deadline(const map_options& options);

    /// time_point::max() when there is none.
    std::chrono::steady_clock::time_point limit() const noexcept { return limit_; }
    bool passed() const noexcept { return limit_ != never && std::chrono::steady_clock::now() >= limit_; }
    /// False when the limit came first.
    template <class T>
    bool wait(const future<T>& task) const {
        if (limit_ == never) return task.wait(), true;
        return task.wait_until(limit_);
    }
    /// The task_timeout of an item that was not finished.
    std::exception_ptr error() const;

private:
    static constexpr auto never = std::chrono::steady_clock::time_point::max();

    std::chrono::nanoseconds timeout_;
    std::chrono::steady_clock::time_point limit_ = never;
    std::string label_;
};

}  // namespace penstock::detail

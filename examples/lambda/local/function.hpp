// SPDX-License-Identifier: MIT
// A function: takes invocations from any thread, gives each to an environment that is idle, or to a new one while there
// are fewer than its concurrency allows, and throttles the rest. The object owns the environments.
#pragma once

#include "local/environment.hpp"
#include "local/function_settings.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace lambda_local {

struct function_counters {
    std::size_t invocations = 0;  // throttled ones not counted
    std::size_t throttles = 0;
    std::size_t errors = 0;
    std::size_t cold_starts = 0;
    std::size_t most_at_once = 0;
};

class function {
public:
    // Throws std::invalid_argument when the directory holds no bootstrap.
    explicit function(function_settings settings);
    ~function();

    // Returns when the function has answered or failed, at once when throttled. Throws std::system_error when a
    // bootstrap cannot be started at all.
    [[nodiscard]] invocation_result invoke(const std::string& payload);
    [[nodiscard]] function_counters counters() const;

private:
    [[nodiscard]] std::unique_ptr<environment> take();
    void give_back(std::unique_ptr<environment> used, const invocation_result& result);

    function_settings settings_;
    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<environment>> idle_;  // the one used last is used next
    std::size_t busy_ = 0;
    std::size_t started_ = 0;
    function_counters counters_;
};

}  // namespace lambda_local

// SPDX-License-Identifier: MIT
// The results of some tasks, or the first failure among them; nothing is left running behind either. Main thread.
#pragma once

#include "handlers/handler.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

namespace lambda {

// Task options whose deadline is the invocation's.
[[nodiscard]] inline penstock::task_options until(std::chrono::system_clock::time_point stop_at,
                                                  std::string label) {
    const auto left = stop_at - std::chrono::system_clock::now();
    return {.timeout = std::max<std::chrono::nanoseconds>(left, std::chrono::milliseconds(1)),
            .label = std::move(label)};
}

// A task's own deadline counts from when it runs, so that one which waited its turn would be late: those are ended here.
// Throws what the first task that failed threw, or penstock::task_timeout.
template <class T>
std::vector<T> in_time(std::vector<penstock::future<T>>& tasks,
                       std::chrono::system_clock::time_point stop_at) {
    std::vector<T> results;
    std::exception_ptr failed;
    const auto end_all = [&tasks] {
        for (auto& task : tasks) {
            if (task.valid()) task.cancel(penstock::force);
        }
    };
    for (auto& task : tasks) {
        if (!task.wait_until(stop_at)) end_all();
        try {
            results.push_back(task.get());
        } catch (const penstock::task_cancelled&) {
        } catch (...) {
            if (!failed) failed = std::current_exception();
            end_all();
        }
    }
    if (failed) std::rethrow_exception(failed);
    if (results.size() == tasks.size()) return results;
    throw penstock::task_timeout(std::to_string(tasks.size() - results.size()) + " of " +
                                 std::to_string(tasks.size()) +
                                 " tasks were not done when the invocation's time was up");
}

}  // namespace lambda

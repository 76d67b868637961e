// SPDX-License-Identifier: MIT
// Carries finished jobs from the threads of a pool to the one that waits for them. All members from any
// thread.
#pragma once

#include "program/executor.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace s3_program {

class finished_queue {
public:
    void push(finished_job one) {
        {
            const std::lock_guard lock(mutex_);
            jobs_.push_back(std::move(one));
        }
        arrived_.notify_one();
    }

    [[nodiscard]] std::vector<finished_job> take(std::chrono::milliseconds longest) {
        std::unique_lock lock(mutex_);
        arrived_.wait_for(lock, longest, [this] { return !jobs_.empty(); });
        return std::exchange(jobs_, {});
    }

private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::vector<finished_job> jobs_;
};

}  // namespace s3_program

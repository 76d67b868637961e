// SPDX-License-Identifier: MIT
// event: something that happens once in this process, such as a callback; a test waits for it. Any thread may
// call it. A wait that nobody ends is false after a minute.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace penstock::test {

class event {
public:
    void set() {
        const std::lock_guard lock(mutex_);
        happened_ = true;
        changed_.notify_all();
    }
    [[nodiscard]] bool wait() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::minutes(1), [this] { return happened_; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool happened_ = false;
};

} // namespace penstock::test

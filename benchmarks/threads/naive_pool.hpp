// SPDX-License-Identifier: MIT
// The pool that everybody writes once: a mutex, a condition variable, a queue of std::function. A peer of the rows of
// thread pools.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace penstock::bench {

class naive_pool {
public:
    explicit naive_pool(std::size_t workers) {
        for (std::size_t i = 0; i != workers; ++i) threads_.emplace_back([this] { work(); });
    }
    ~naive_pool() {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        changed_.notify_all();
        for (std::thread& each : threads_) each.join();
    }

    template <class F>
    auto submit(F f) {
        // std::function copies what it holds, so the task is shared.
        auto task = std::make_shared<std::packaged_task<std::invoke_result_t<F>()>>(std::move(f));
        auto result = task->get_future();
        {
            const std::lock_guard lock(mutex_);
            queue_.push([task] { (*task)(); });
        }
        changed_.notify_one();
        return result;
    }

private:
    void work() {
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] { return closed_ || !queue_.empty(); });
            if (queue_.empty()) return;
            const std::function<void()> task = std::move(queue_.front());
            queue_.pop();
            lock.unlock();
            task();
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::queue<std::function<void()>> queue_;
    bool closed_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace penstock::bench

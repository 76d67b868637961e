// SPDX-License-Identifier: MIT
// Stopping a task that runs in a thread. A thread cannot be killed: cancel(force) asks, and the task, which takes a
// std::stop_token or looks at this_task::stop_requested(), comes to an end. Its future then has task_cancelled.
#include <penstock/penstock.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <stop_token>
#include <thread>

int main() {
    penstock::thread_pool pool{{.workers = 2}};
    std::atomic<int> begun{0};

    // Sleeps until something comes, or the request to stop: a std::condition_variable_any takes the token.
    auto waiting = pool.submit([&begun](std::stop_token stop) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any changed;
        ++begun;
        changed.wait(lock, stop, [] { return false; });
        std::cout << "told by the token\n";
    });
    // Looks by itself, now and then.
    auto looking = pool.submit([&begun] {
        ++begun;
        while (!penstock::this_task::stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    });
    while (begun != 2) std::this_thread::yield();

    std::cout << "cancel() alone: " << (waiting.cancel() ? "cancelled" : "it runs already") << '\n';
    for (auto* task : {&waiting, &looking}) {
        task->cancel(penstock::force);
        try {
            task->get();
        } catch (const penstock::task_cancelled& e) {
            std::cout << e.what() << '\n';
        }
    }
}

// SPDX-License-Identifier: MIT
// Deadlines in a thread pool are a matter of both sides: when the time is over the task is asked to stop, and whatever it
// returns then, its future has task_timeout. Waiting with a limit is another thing: it ends the waiting, not the task.
#include <penstock/penstock.hpp>

#include <chrono>
#include <iostream>
#include <thread>

using namespace std::chrono_literals;

int search() {
    int steps = 0;
    while (!penstock::this_task::stop_requested()) ++steps, std::this_thread::sleep_for(1ms);
    return steps; // nobody gets it
}

int main() {
    penstock::thread_pool pool{{.workers = 2, .task_timeout = 50ms}}; // for all tasks that set none of their own
    auto limited = pool.submit({.timeout = 20ms, .label = "search"}, search);
    auto by_default = pool.submit(search);
    for (auto* task : {&limited, &by_default}) {
        try {
            task->get();
        } catch (const penstock::task_timeout& e) {
            std::cout << e.what() << '\n';
        }
    }

    auto patient = pool.submit({.timeout = 1h}, search);
    std::cout << "after 10 ms: " << (patient.wait_for(10ms) ? "done" : "still at work") << '\n';
    patient.cancel(penstock::force);
}

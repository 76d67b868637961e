// SPDX-License-Identifier: MIT
// task_options.priority: which of the tasks that wait begins first. Low tasks are overtaken, but never for ever: after
// sixteen others in a row it is their turn.
#include <penstock/penstock.hpp>

#include <future>
#include <iostream>
#include <string>
#include <thread>

/// Keeps the only worker busy until the promise is kept.
void hold(penstock::thread_pool& pool, std::promise<void>& go) {
    auto busy = pool.submit([ready = go.get_future()] { ready.wait(); });
    while (!busy.running()) std::this_thread::yield();
}

int main() {
    penstock::thread_pool pool{{.workers = 1}}; // so that the order can be seen
    std::promise<void> go;
    hold(pool, go);

    const auto say = [](const std::string& word) { std::cout << word << '\n'; };
    auto low = pool.submit({.priority = penstock::task_priority::low}, say, "low: tidy up");
    auto normal = pool.submit(say, "normal: the work");
    auto high = pool.submit({.priority = penstock::task_priority::high}, say, "high: somebody waits for it");
    go.set_value();
    pool.wait_idle();
    std::cout << "---\n";

    std::promise<void> again; // now with a long row of normal tasks in front of the low one
    hold(pool, again);
    int before = 0; // only the one worker touches it
    low = pool.submit({.priority = penstock::task_priority::low},
                      [&before] { std::cout << "low, after " << before << " others\n"; });
    for (int i = 0; i != 100; ++i) static_cast<void>(pool.submit([&before] { ++before; }));
    again.set_value();
    pool.wait_idle();
}

// SPDX-License-Identifier: MIT
// timeout: how long a task may run. A task that has run out of time is asked to stop and may tidy up; one that does not
// listen loses its worker after the pool's grace. cancel(force) goes the same way without a deadline.
#include <penstock/penstock.hpp>

#include <unistd.h>

#include <chrono>
#include <iostream>
#include <stop_token>
#include <utility>

using namespace std::chrono_literals;

/// Looks now and then whether somebody wants it to stop.
int search() {
    int steps = 0;
    while (!penstock::this_task::stop_requested()) ++steps, usleep(1000);
    return steps;
}
/// The same with the standard library's token, which the pool passes.
int search_with_token(std::stop_token stop) {
    int steps = 0;
    while (!stop.stop_requested()) ++steps, usleep(1000);
    return steps;
}
int stubborn() {
    penstock::this_task::progress(0.5);  // seen as future::progress()
    for (;;) pause();
}

void tell(penstock::future<int> task) {
    try {
        task.get();
    } catch (const penstock::error& e) {  // task_timeout, or task_cancelled
        std::cout << e.what() << '\n';
    }
}

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 2, .grace = 2s}};
    tell(pool.submit({.timeout = 50ms, .label = "search"}, search));
    tell(pool.submit({.timeout = 50ms, .label = "search with a token"}, search_with_token));

    auto hard = pool.submit({.label = "stubborn"}, stubborn);
    while (hard.progress() < 0.5) usleep(1000);  // until it runs
    hard.cancel(penstock::force);
    tell(std::move(hard));
}

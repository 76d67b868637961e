// SPDX-License-Identifier: MIT
// wait, when_any, when_all: the first of many futures, or all of them; of processes and threads alike.
#include <penstock/penstock.hpp>

#include <chrono>
#include <iostream>
#include <thread>
#include <tuple>
#include <vector>

int quick(int n) { return n; }

int slow(int n) {
    while (!penstock::this_task::stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return n;
}

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool processes{{.workers = 1}};
    penstock::thread_pool threads{{.workers = 1}};

    std::vector<penstock::future<int>> racers;
    racers.push_back(processes.submit(slow, 1));
    racers.push_back(threads.submit(quick, 2));
    const auto [done, not_done] = penstock::wait(racers, penstock::wait_until::first_completed);
    std::cout << done.size() << " done, " << not_done.size() << " not\n";

    auto first = penstock::when_any(std::move(racers)).get();
    std::cout << "number " << first.index << " was first, with " << first.futures[first.index].get() << '\n';
    first.futures[0].cancel(penstock::force);  // the other one would never end

    auto sum = penstock::when_all(processes.submit(quick, 3), threads.submit(quick, 4))
                   .then([](std::tuple<penstock::future<int>, penstock::future<int>> both) {
                       return std::get<0>(both).get() + std::get<1>(both).get();
                   });
    std::cout << "together " << sum.get() << '\n';
}

// SPDX-License-Identifier: MIT
// as_completed: the results in the order in which they come, for example to show how far the work is.
#include <penstock/penstock.hpp>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <vector>

/// The number of steps until n becomes 1.
unsigned collatz(unsigned long n) {
    unsigned steps = 0;
    for (; n != 1; ++steps) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
    return steps;
}

unsigned longest(unsigned long from, unsigned long to) {
    unsigned most = 0;
    for (; from != to; ++from) most = std::max(most, collatz(from));
    return most;
}

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 2}};
    std::vector<penstock::future<unsigned>> parts;
    for (unsigned long from = 1; from < 100'000; from += 25'000)
        parts.push_back(pool.submit(longest, from, from + 25'000));

    unsigned most = 0;
    int done = 0;
    // The limit is not needed. When it passes first, task_timeout is thrown.
    for (auto& part : penstock::as_completed(parts, std::chrono::minutes(1))) {
        most = std::max(most, part.get());
        std::cout << ++done << " of " << parts.size() << '\n';
    }
    std::cout << "the longest takes " << most << " steps\n";
}

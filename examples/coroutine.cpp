// SPDX-License-Identifier: MIT
// task: a coroutine that waits for futures without keeping a thread. A thousand of them may wait at once.
#include <penstock/penstock.hpp>

#include <iostream>
#include <stdexcept>
#include <vector>

int check(int n) { return n == 3 ? throw std::invalid_argument("three is bad luck") : n; }

int square(int n) { return n * n; }

penstock::task<int> checked_square(penstock::process_pool& pool, int n) {
    try {
        co_return co_await pool.submit(square, co_await pool.submit(check, n));
    } catch (const std::invalid_argument&) {
        co_return 0;
    }
}

penstock::task<int> sum_of_squares(penstock::process_pool& pool, int last) {
    std::vector<penstock::future<int>> parts;
    for (int n = 1; n <= last; ++n) parts.push_back(penstock::start(checked_square(pool, n)));  // all at once
    int sum = 0;
    for (auto& part : parts) sum += co_await std::move(part);
    co_return sum;
}

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 2}};
    std::cout << "sum " << sum_of_squares(pool, 4).get() << '\n';
}

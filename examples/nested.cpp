// SPDX-License-Identifier: MIT
// Tasks that wait for tasks of their own thread pool. Even a single worker cannot get stuck: get() in a task runs the
// awaited task in its place when nobody has begun it. for_each_index does so too.
#include <penstock/penstock.hpp>

#include <atomic>
#include <iostream>
#include <numeric>
#include <vector>

/// Splits the numbers in two as long as it is worth it.
long sum(penstock::thread_pool& pool, const int* first, const int* last) {
    if (last - first <= 1000) return std::accumulate(first, last, 0L);
    const int* middle = first + (last - first) / 2;
    auto left = pool.submit([&pool, first, middle] { return sum(pool, first, middle); });
    const long right = sum(pool, middle, last);
    return left.get() + right;
}

int main() {
    std::vector<int> numbers(100'000);
    std::iota(numbers.begin(), numbers.end(), 0);
    for (const std::size_t workers : {1u, 4u}) {
        penstock::thread_pool pool{{.workers = workers}};
        auto total = pool.submit([&] { return sum(pool, numbers.data(), numbers.data() + numbers.size()); });
        std::cout << workers << " workers: " << total.get() << '\n';

        std::atomic<long> cells{0}; // a loop in a loop
        pool.for_each_index(20, [&](int row) { pool.for_each_index(row, [&](int) { ++cells; }); });
        std::cout << "half a table of 20 x 20: " << cells << " cells\n";
    }
}

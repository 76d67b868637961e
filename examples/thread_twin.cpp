// SPDX-License-Identifier: MIT
// The swap: the same code runs in processes or in threads. Only the type of the pool differs.
#include <penstock/penstock.hpp>

#include <iostream>
#include <numeric>
#include <string>
#include <vector>

long sum(const std::vector<int>& values) { return std::accumulate(values.begin(), values.end(), 0L); }

int length(std::string_view word) { return static_cast<int>(word.size()); }

template <class Pool>
void work(const char* where) {
    Pool pool{{.workers = 2}};
    auto total = pool.submit(sum, std::vector{1, 2, 3, 4});
    std::cout << where << ": " << total.get();
    for (const int n : pool.map(length, std::vector<std::string>{"one", "three"})) std::cout << ' ' << n;
    std::cout << '\n';
}

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    work<penstock::process_pool>("processes");
    work<penstock::thread_pool>("threads");

    // What only threads can do: they share memory, so a lambda may capture what it likes.
    penstock::thread_pool threads{{.workers = 2}};
    const std::string text = "shared";
    std::cout << threads.submit([&text] { return text + ", not copied"; }).get() << '\n';
}

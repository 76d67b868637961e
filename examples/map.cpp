// SPDX-License-Identifier: MIT
// map: one call for each item, side by side in the workers, the results in the order of the input.
#include <penstock/penstock.hpp>

#include <iostream>
#include <string>
#include <vector>

unsigned long fib(unsigned n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

std::string join(const std::string& word, int number) { return word + std::to_string(number); }

/// 0, 1, 2, ... for ever. What a range-based for loop takes is a range for map too.
struct naturals {
    unsigned value = 0;
    naturals begin() const { return *this; }
    bool end() const { return true; }
    unsigned operator*() const { return value; }
    naturals& operator++() { return ++value, *this; }
    bool operator!=(bool) const { return true; }
};

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 2}};

    for (const auto number : pool.map(fib, std::vector{25u, 5u, 20u})) std::cout << number << '\n';

    // Two ranges are read side by side; here two items make one task.
    const std::vector<std::string> words{"a", "b", "c"};
    for (const auto& text : pool.map({.chunk = 2}, join, words, std::vector{1, 2, 3}))
        std::cout << text << '\n';

    // Lazy: at most eight items are read ahead, and leaving the loop cancels what is pending.
    for (const auto number : pool.map({.ahead = 8}, fib, naturals{})) {
        if (number > 100) break;
        std::cout << number << '\n';
    }
}

// SPDX-License-Identifier: MIT
// map_unordered: each result as it comes, with the place of its item, so that a slow item holds nobody up;
// map_outcomes: in the order of the input, each item a value or an error.
#include <penstock/penstock.hpp>

#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

/// The number of steps until n becomes 1.
unsigned collatz(unsigned long n) {
    if (n == 0) throw std::domain_error("it never ends");
    unsigned steps = 0;
    for (; n != 1; ++steps) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
    return steps;
}

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 2}};

    const std::vector<unsigned long> numbers{27, 97, 871, 6'171, 77'031, 837'799};
    std::vector<unsigned> steps(numbers.size());
    for (auto&& [index, value] : pool.map_unordered({.chunk = 1}, collatz, numbers))
        steps[index] = value;  // in whatever order they come
    for (std::size_t i = 0; i != numbers.size(); ++i) std::cout << numbers[i] << ": " << steps[i] << '\n';

    const std::vector<unsigned long> doubtful{9, 0, 7};
    std::size_t place = 0;
    for (auto&& each : pool.map_outcomes(collatz, doubtful)) {
        std::cout << doubtful[place++] << ": ";
        if (each) std::cout << each.value() << '\n';
        else std::cout << "no result\n";
    }

    // An iterator says which item it was that failed.
    auto results = pool.map_unordered(collatz, doubtful);
    for (auto it = results.begin(); it != results.end(); ++it) try {
            static_cast<void>(*it);
        } catch (const std::domain_error& error) {
            std::cout << "item " << it.index() << ": " << error.what() << '\n';
        }
}

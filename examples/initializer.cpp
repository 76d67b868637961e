// SPDX-License-Identifier: MIT
// The initializer runs in every worker before its first task, also in one that replaces a dead worker. It is
// the place for what is expensive to make and cheap to use: a table, a model, a connection.
#include <penstock/penstock.hpp>

#include <iostream>
#include <vector>

std::vector<bool> is_composite;  // every process has its own

void make_sieve(std::size_t limit) {
    is_composite.assign(limit, false);
    for (std::size_t i = 2; i * i < limit; ++i)
        for (std::size_t multiple = i * i; multiple < limit; multiple += i) is_composite[multiple] = true;
}

bool is_prime(std::size_t n) { return !is_composite.at(n); }

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 2, .initializer = penstock::call(make_sieve, 1000)}};
    for (const std::size_t n : {91u, 97u, 997u})
        std::cout << n << (pool.submit(is_prime, n).get() ? " is" : " is not") << " prime\n";
    std::cout << "the sieve of this process has " << is_composite.size() << " entries\n";
}

// SPDX-License-Identifier: MIT
// on_done: a callback instead of waiting. A process pool runs all of its callbacks one after another on one
// thread, so they need no lock among themselves, and they may submit more work.
#include <penstock/penstock.hpp>

#include <iostream>
#include <latch>
#include <stdexcept>

int check(int n) { return n == 3 ? throw std::invalid_argument("three is bad luck") : n; }

int square(int n) { return n * n; }

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 2}};
    int sum = 0;
    int failed = 0;
    std::latch left(4);

    const auto second_step = [&](penstock::future<int>& squared) {
        sum += squared.get();
        left.count_down();
    };
    const auto first_step = [&](penstock::future<int>& checked) {
        try {
            pool.submit(square, checked.get()).on_done(second_step);  // the future itself may be dropped
        } catch (const std::invalid_argument&) {
            ++failed;
            left.count_down();
        }
    };
    for (int n = 1; n <= 4; ++n) pool.submit(check, n).on_done(first_step);

    left.wait();
    std::cout << "sum " << sum << ", failed " << failed << '\n';
}

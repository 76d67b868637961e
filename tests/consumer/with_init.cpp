// SPDX-License-Identifier: MIT
//
// The explicit way: the first line of main calls penstock::init.

#include <penstock/penstock.hpp>

#include <iostream>

int add(int a, int b) { return a + b; }

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 2}};
    std::cout << "with_init: " << pool.submit(add, 40, 2).get() << '\n';
}

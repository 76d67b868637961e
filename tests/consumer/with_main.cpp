// SPDX-License-Identifier: MIT
//
// The implicit way: the CMake target penstock::main calls penstock::init, main knows nothing of it.

#include <penstock/penstock.hpp>

#include <iostream>

int multiply(int a, int b) { return a * b; }

int main() {
    penstock::process_pool pool{{.workers = 2}};
    std::cout << "with_main: " << pool.submit(multiply, 6, 7).get() << '\n';
}

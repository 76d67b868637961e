// SPDX-License-Identifier: MIT
// then: what is to be done with a result, said before it is there. Nothing waits; each then gives the future of what its
// function makes of it. Exceptions skip the functions that want a value.
#include <penstock/penstock.hpp>

#include <iostream>
#include <stdexcept>
#include <string>

int parse(const std::string& text) { return std::stoi(text); }

int square(int n) { return n * n; }

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 2}};

    auto text =
        pool.submit(parse, "12")
            .then([&](int n) { return pool.submit(square, n); })  // a future of a future is one future
            .then(pool, square)                                   // the same, said shorter
            .then([](int n) { return "the answer is " + std::to_string(n); });
    std::cout << text.get() << '\n';

    auto safe = pool.submit(parse, "twelve")
                    .then([](int n) { return n + 1; })  // is not called
                    .then([](penstock::future<int> n) {
                        try {
                            return n.get();
                        } catch (const std::invalid_argument&) {
                            return -1;
                        }
                    });
    std::cout << "without an answer: " << safe.get() << '\n';

    const penstock::shared_future<int> shared = pool.submit(square, 3).share();
    auto plus = shared.then([](int n) { return n + 1; });
    auto minus = shared.then([](int n) { return n - 1; });
    std::cout << minus.get() << ' ' << shared.get() << ' ' << plus.get() << '\n';
}

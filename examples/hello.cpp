// SPDX-License-Identifier: MIT
// The smallest program: a function runs in another process, and its result comes back.
#include <penstock/penstock.hpp>

#include <unistd.h>

#include <iostream>
#include <string>
#include <string_view>

std::string greet(std::string_view name) { return "hello, " + std::string(name); }

pid_t process() { return getpid(); }

int main(int argc, char** argv) {
    penstock::init(argc, argv);  // a worker process never returns from here
    penstock::process_pool pool{{.workers = 2}};
    auto greeting = pool.submit(greet, "world");  // "world" travels as a std::string
    auto worker = pool.submit(process);
    std::cout << greeting.get() << '\n';
    std::cout << (worker.get() == getpid() ? "from this process\n" : "from another process\n");
}

// SPDX-License-Identifier: MIT
// Pools with a static life: static_pools namespace | function. The first is built before init, the second works.
#include <penstock/init.hpp>
#include <penstock/process_pool.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

namespace {

std::string built_before_init() {
    try {
        penstock::process_pool pool{{.workers = 1}};
        return "it was built";
    } catch (const penstock::not_initialized& e) {
        return e.what();
    }
}
const std::string early = built_before_init();

int twice(int x) { return 2 * x; }
void say(int x) {
    std::printf("task %d\n", x);
    std::fflush(stdout);
}

penstock::process_pool& pool() {
    static penstock::process_pool the_pool{{.workers = 2}};
    return the_pool;
}

} // namespace

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    if (argc == 2 && std::strcmp(argv[1], "namespace") == 0) {
        std::puts(early.c_str());
        return 0;
    }
    std::printf("%d\n", pool().submit(twice, 21).get());
    std::fflush(stdout);
    for (int i = 0; i != 5; ++i) static_cast<void>(pool().submit(say, i)); // run when the pool ends, after main
}

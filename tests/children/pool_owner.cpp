// SPDX-License-Identifier: MIT
// A program with a pool of three workers, for tests that kill it: pool_owner MODE PATH...
//   idle                the workers have nothing to do
//   busy                each runs a task that never ends
//   starting            each is in an initializer that never ends
//   constructing GATE   each is in a static constructor, before init, until the gate opens; as starting afterwards
//   interrupted GATE    as idle; ignores SIGINT, and uses its workers once the gate is open
//   queued FILE         as busy, with tasks behind that would each leave a byte in FILE; SIGINT ends it
// It says "ready" and the workers are in the state asked for, or will be at once.
#include "gate.hpp"

#include <penstock/init.hpp>
#include <penstock/process_pool.hpp>

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

/// Runs in the workers before main: they find the gate in the environment.
const bool constructed = [] {
    if (const char* gate = std::getenv("PENSTOCK_TEST_GATE")) penstock::test::gate::wait(gate);
    return true;
}();

int next_of(int x) { return x + 1; }
void never_end() {
    for (;;) ::pause();
}
void mark(const std::string& path) {
    if (std::FILE* file = std::fopen(path.c_str(), "a")) {
        std::fputc('x', file);
        std::fclose(file);
    }
}
void say_ready() {
    std::puts("ready");
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    if (argc < 2) return 2;
    const std::string mode = argv[1];
    std::signal(SIGINT, mode == "queued" ? SIG_DFL : SIG_IGN);
    penstock::pool_options options{.workers = 3};
    if (mode == "starting" || mode == "constructing") options.initializer = penstock::call(never_end);
    if (mode == "constructing") ::setenv("PENSTOCK_TEST_GATE", argv[2], 1);
    penstock::process_pool pool(options);
    if (mode == "idle" || mode == "interrupted")
        for (int i = 0; i != 30; ++i)
            if (pool.submit(next_of, i).get() != i + 1) return 3;
    std::vector<penstock::future<void>> busy;
    if (mode == "busy" || mode == "queued")
        for (int i = 0; i != 3; ++i) {
            busy.push_back(pool.submit(never_end));
            while (!busy.back().running()) {}
        }
    for (int i = 0; mode == "queued" && i != 50; ++i) busy.push_back(pool.submit(mark, argv[2]));
    say_ready();
    if (mode != "interrupted") never_end();
    penstock::test::gate::wait(argv[2]);
    for (int i = 0; i != 30; ++i)
        if (pool.submit(next_of, i).get() != i + 1) return 4;
    say_ready();
    return 0;
}

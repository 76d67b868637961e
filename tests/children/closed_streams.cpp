// SPDX-License-Identifier: MIT
// A program to be started with descriptors 0 to 2 closed: its pool works, with prints of its tasks and deaths of its
// workers. The exit status is 0 when all went well, else the number of the step that did not.
#include <penstock/init.hpp>
#include <penstock/process_pool.hpp>

#include <unistd.h>

#include <cstdio>
#include <string>

namespace {

std::string echo(std::string text) { return text; }
int print(const std::string& text) { return static_cast<int>(text.size()) + 0 * std::printf("%s\n", text.c_str()); }
void die() { ::_exit(1); }

} // namespace

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 2}};
    const std::string large(300'000, 'x');
    for (int round = 0; round != 3; ++round) {
        for (int i = 0; i != 10; ++i)
            if (pool.submit(echo, large).get() != large) return 1;
        if (pool.submit(print, std::string(10'000, 'y')).get() != 10'000) return 2;
        try {
            pool.submit(die).get();
            return 3;
        } catch (const penstock::worker_died&) {
        }
    }
    pool.shutdown();
    return 0;
}

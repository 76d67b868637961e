// SPDX-License-Identifier: MIT
// A program from under which its surroundings are pulled away before its pool starts: moved nothing | chdir | deleted |
// replaced, with its own path behind the last two. The exit status is 0 when its pool works, replacements of dead workers
// included.
#include <penstock/init.hpp>
#include <penstock/process_pool.hpp>

#include <unistd.h>

#include <fstream>
#include <string>

namespace {

int twice(int x) { return 2 * x; }
void die() { ::_exit(1); }

bool pull_away(const std::string& mode, const std::string& own_path) {
    if (mode == "chdir") return ::chdir("/") == 0;
    if (mode == "deleted" || mode == "replaced") {
        if (::unlink(own_path.c_str()) != 0) return false;
        if (mode == "replaced") std::ofstream(own_path) << "no program\n";
    }
    return true;
}

} // namespace

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    if (argc < 2 || !pull_away(argv[1], argc > 2 ? argv[2] : "")) return 2;
    penstock::process_pool pool{{.workers = 2}};
    for (int round = 0; round != 3; ++round) {
        for (int i = 0; i != 10; ++i)
            if (pool.submit(twice, i).get() != 2 * i) return 3;
        try {
            pool.submit(die).get();
            return 4;
        } catch (const penstock::worker_died&) {
        }
    }
    return 0;
}

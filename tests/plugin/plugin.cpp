// SPDX-License-Identifier: MIT
// A shared library with a pool of its own, for programs that know nothing of Penstock (host.cpp, Python).
#include <penstock/init.hpp>
#include <penstock/process_pool.hpp>

#include <unistd.h>

#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>

namespace {

int twice(int x) { return 2 * x; }
void die() { ::_exit(1); }
std::string own_program() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

int nested(int x) {
    penstock::process_pool pool{{.workers = 1}};
    return pool.submit(twice, x).get() + pool.submit([](int y) { return y + 1; }, x).get();
}

/// 0, or the number of the step that went wrong.
int use(penstock::start_method how, const std::string& expected_program) {
    penstock::process_pool pool{{.workers = 2, .start = how}};
    for (int round = 0; round != 2; ++round) {
        for (int i = 0; i != 10; ++i)
            if (pool.submit(twice, i).get() != 2 * i) return 1;
        try {
            pool.submit(die).get();
            return 2;
        } catch (const penstock::worker_died&) {
        }
    }
    if (pool.submit(nested, 5).get() != 16) return 3;
    return pool.submit(own_program).get() == expected_program ? 0 : 4;
}

} // namespace

/// 0 when all went well; prints what went wrong. The path may be relative, and is no more where it was afterwards.
extern "C" __attribute__((visibility("default"))) int use_penstock(const char* worker_program) try {
    penstock::init_plugin(worker_program);
    const std::string expected_program = std::filesystem::weakly_canonical(worker_program).string();
    std::filesystem::current_path("/");
    const int spawned = use(penstock::start_method::spawn, expected_program);
    return spawned != 0 ? spawned : use(penstock::start_method::forkserver, expected_program) * 10;
} catch (const std::exception& e) {
    std::printf("%s\n", e.what());
    std::fflush(stdout);
    return 100;
}

// SPDX-License-Identifier: MIT
// A shared library that uses a pool of its own, whatever program loads it.
#include <penstock/penstock.hpp>

extern "C" int answer(const char* worker_program) {
    penstock::init_plugin(worker_program);
    penstock::process_pool pool{{.workers = 1}};
    return pool.submit([](int x) { return 2 * x; }, 21).get();
}

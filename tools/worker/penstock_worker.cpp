// SPDX-License-Identifier: MIT
// penstock-worker LIBRARY ARGUMENT: a worker process of a pool that a library made in a program of somebody else (see
// penstock::init_plugin). Loads that library and hands the process over to the Penstock in it. Only a pool starts it.
#include "wire/exit_code.hpp"
#include "wire/worker_argument.hpp"

#include <dlfcn.h>

#include <cstdio>

namespace {

int refuse(const char* what, const char* why) {
    std::fprintf(stderr, "penstock-worker: %s: %s\n", what, why);
    return penstock::wire::exit_bad_start;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) return refuse("a pool starts this program", "it is of no use by hand");
    void* const library = dlopen(argv[1], RTLD_NOW);
    if (library == nullptr) return refuse("the library cannot be loaded", dlerror());
    void* const entry = dlsym(library, penstock::wire::worker_entry);
    if (entry == nullptr) return refuse("the library does not export Penstock's symbols", dlerror());
    reinterpret_cast<penstock::wire::worker_entry_function*>(entry)(argc - 1, argv + 1);
    return refuse(argv[2], "this is not a worker's argument");
}

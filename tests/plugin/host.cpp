// SPDX-License-Identifier: MIT
// host LIBRARY WORKER: a program that is not linked with Penstock, and has never heard of it, loads a library.
#include <dlfcn.h>

#include <cstdio>

int main(int argc, char** argv) {
    if (argc != 3) return 101;
    void* const library = ::dlopen(argv[1], RTLD_NOW);
    void* const function = library != nullptr ? ::dlsym(library, "use_penstock") : nullptr;
    if (function == nullptr) return std::printf("%s\n", ::dlerror()) > 0 ? 102 : 103;
    return reinterpret_cast<int (*)(const char*)>(function)(argv[2]);
}

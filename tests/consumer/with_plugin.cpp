// SPDX-License-Identifier: MIT
// A program that is not linked with Penstock and loads a library that is.
#include <dlfcn.h>

#include <cstdio>

int main() {
    void* const library = dlopen(PLUGIN, RTLD_NOW);
    void* const answer = library != nullptr ? dlsym(library, "answer") : nullptr;
    if (answer == nullptr) return 1;
    std::printf("with_plugin: %d\n", reinterpret_cast<int (*)(const char*)>(answer)(WORKER));
}

// SPDX-License-Identifier: MIT
// program LIBRARY [folded]: asks the workers of a pool for all that can be sent, of two translation units and of a
// library; that one is linked, or else loaded once the workers are there. Ends with 0 when every answer was right, and,
// with `folded`, when the linker has made one function of several.
namespace {
constexpr int place = 1;
}

#include "probes.hpp"
#include "parts.hpp"

#include <penstock/init.hpp>

#include <dlfcn.h>

#include <cstdio>
#include <stdexcept>

namespace {

using library_function = void(identity::report&);

library_function* find_library(const char* path) {
    if (penstock_identity_library != nullptr) return penstock_identity_library;
    if (::dlopen(path, RTLD_NOW | RTLD_NOLOAD) != nullptr) throw std::runtime_error("the library is there already");
    void* const library = ::dlopen(path, RTLD_NOW);
    if (library == nullptr) throw std::runtime_error(::dlerror());
    return reinterpret_cast<library_function*>(::dlsym(library, "penstock_identity_library"));
}

/// Compilers think they know that two functions have two addresses.
bool is_folded() {
    int (*volatile one)(int) = same_body;
    int (*volatile other)(int) = same_body_again;
    return one == other;
}

int ask(const char* library) {
    penstock::process_pool pool{{.workers = 2}};
    identity::report all(pool);
    ask_all(all, "the first translation unit");
    identity::ask_second_unit(all);
    find_library(library)(all);
    std::printf("%d answers, %d wrong\n", all.asked(), all.wrong_answers());
    return all.asked() >= 300 && all.wrong_answers() == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) try {
    penstock::init(argc, argv);
    if (argc < 2) throw std::runtime_error("the library's path is missing");
    if (argc == 3 && !is_folded()) throw std::runtime_error("no functions were folded: this run would show nothing");
    return ask(argv[1]);
} catch (const std::exception& e) {
    std::printf("%s\n", e.what());
    return 2;
}

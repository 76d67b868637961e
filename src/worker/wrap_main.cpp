// SPDX-License-Identifier: MIT
//
// The whole of the CMake target penstock::main: it calls penstock::init before the program's own main.
// The target links with -Wl,--wrap=main, and so the C runtime's call of main arrives at __wrap_main,
// and __real_main is the program's main. Runs once, in the main thread, before any code of main.

#include <penstock/init.hpp>

// Both names are fixed by the linker.
extern "C" int __real_main(int argc, char** argv, char** envp);  // NOLINT(bugprone-reserved-identifier)

extern "C" int __wrap_main(int argc, char** argv, char** envp) {  // NOLINT(bugprone-reserved-identifier)
    // A worker process never returns from here.
    penstock::init(argc, argv);
    return __real_main(argc, argv, envp);
}

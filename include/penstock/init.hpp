// SPDX-License-Identifier: MIT
// init: the first line of main in a program that uses a process pool (or link penstock::main, which does it for you).
//
// Workers are the same executable. In a worker process init never returns: it serves tasks until the pool lets it go.
// What stands before init in main, and static constructors, therefore run in every worker too. In the program itself it
// returns at once. A pool built before init ran throws not_initialized. Call it once, from the main thread.
#pragma once

#include <string>

namespace penstock {

void init(int argc, char** argv);

/// For a shared library that runs in a program of somebody else (a plugin, a module of an interpreter): in place of
/// init, before the library's first pool. Workers are then processes of `worker_program`, which is to be the program
/// penstock-worker of this package, and load the library that this copy of Penstock is linked into; its static
/// constructors run in each. Functions of that library and of other libraries can be submitted, those of the program
/// cannot. Nothing happens when init or init_plugin ran already. Throws std::logic_error when Penstock is not in a
/// shared library. When there is no such program, the first pool throws start_error.
void init_plugin(const std::string& worker_program);

/// The CPUs this process may use: its affinity, and the CPU quota of its cgroups (v1 and v2) rounded up; at least 1.
unsigned available_cpus();

} // namespace penstock

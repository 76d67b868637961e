// SPDX-License-Identifier: MIT
// init: the first line of main in a program that uses a process pool (or link penstock::main, which does it for you).
//
// Workers are the same executable. In a worker process init never returns: it serves tasks until the pool lets it go.
// What stands before init in main, and static constructors, therefore run in every worker too. In the program itself it
// returns at once. A pool built before init ran throws not_initialized. Call it once, from the main thread.
#pragma once

namespace penstock {

void init(int argc, char** argv);

/// The CPUs this process may use: its affinity, and the CPU quota of its cgroups (v1 and v2) rounded up; at least 1.
unsigned available_cpus();

} // namespace penstock

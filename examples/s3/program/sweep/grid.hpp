// SPDX-License-Identifier: MIT
// What a sweep varies. Plain values and pure functions, any thread.
#pragma once

#include "program/mode.hpp"

#include <vector>

namespace s3_program {

// One setting. In mode async `workers` are the connections of the one thread, as the jobs at a time are what is
// compared.
struct sweep_cell {
    mode how = mode::process;
    unsigned cpus = 1;
    unsigned workers = 1;

    friend bool operator==(const sweep_cell&, const sweep_cell&) = default;
};

struct sweep_grid {
    std::vector<mode> modes{mode::async, mode::thread, mode::process};
    std::vector<unsigned> workers{1, 2, 4, 8, 16};
    std::vector<unsigned> cpus{1, 2, 4};
    unsigned concurrency = 32;  // connections of each process in process+async
};

// By CPUs, then workers, then mode. Sequential has no workers and so is there once for each number of CPUs.
[[nodiscard]] std::vector<sweep_cell> cells_of(const sweep_grid& grid);

// How many jobs this setting does at a time, when there are enough of them.
[[nodiscard]] unsigned connections_of(const sweep_cell& where, unsigned concurrency);

}  // namespace s3_program

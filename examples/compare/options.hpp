// SPDX-License-Identifier: MIT
// What the command line asks for. A plain value; read_options is called once, from main().
#pragma once

#include "mode.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace compare {

enum class command { hash, cpu, demo };

// How to measure, whatever the workload is.
struct run_options {
    std::vector<mode> modes{mode::sequential, mode::threads, mode::processes};
    std::vector<unsigned> workers{1, 2, 4, 8};
    std::vector<unsigned> cpus{1, 2, 4};
    unsigned repeat = 3;
    bool verify = true;
    bool quiet = false;
    double budget_seconds = 0;  // no further repetition that would probably end later than this; 0: no limit
};

struct options {
    command what = command::hash;
    run_options run;
    bool repeat_given = false;
    std::string csv;                       // empty: none
    std::string plot;                      // empty: none
    std::vector<std::string> directories;  // hash and demo; empty: the default ones
    std::string digests;                   // hash; empty: none
    std::size_t batch_files = 64;          // hash: files a task, at most
    std::size_t loops = 10;                // cpu
    std::optional<std::uint64_t> steps;    // cpu and demo: steps a loop; none: calibrate
    std::string out;                       // demo: where the files go
};

// Returns the options, or the status to end with at once: 0 after --help, 2 after a mistake that has been
// explained on stderr.
struct parsed {
    options wanted;
    std::optional<int> exit_status;
};
[[nodiscard]] parsed read_options(int argc, char** argv);

}  // namespace compare

// SPDX-License-Identifier: MIT
// How a sweep calls the program for one run. Pure, any thread.
#pragma once

#include "program/options.hpp"
#include "program/sweep/grid.hpp"

#include <string>
#include <vector>

namespace s3_program {

struct run_files {
    std::string summary;  // the JSON of the run
    std::string table;    // its CSV
    std::string keys;     // for fetch
};

// `number` is another one for each run: a copy goes to a folder of its own, as what is there already would be
// passed over.
[[nodiscard]] std::vector<std::string> arguments_for(const options& wanted, const sweep_cell& where,
                                                     const run_files& files, const std::string& number);

// `own` without what stands for options of ours (MODE and the like), and with the keys when they are fixed.
// Secrets travel here, never as arguments.
[[nodiscard]] std::vector<std::string> variables_for(const options& wanted,
                                                     const std::vector<std::string>& own);

}  // namespace s3_program

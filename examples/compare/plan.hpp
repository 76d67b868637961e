// SPDX-License-Identifier: MIT
// Which settings are measured, and in which order. Pure functions, any thread.
#pragma once

#include "measurement.hpp"
#include "options.hpp"

#include <vector>

namespace compare {

struct plan {
    std::vector<setting> settings;       // sequential first
    std::vector<unsigned> missing_cpus;  // asked for, but more than this machine lets us use
};

// Throws usage_error when not one of the CPU counts can be had.
[[nodiscard]] plan make_plan(const run_options& options, unsigned usable_cpus);

// Forwards in odd repetitions and backwards in even ones: a machine that gets slower or busier while it is
// being measured then does not favour one end of the table.
[[nodiscard]] std::vector<setting> in_order_of(const plan& all, unsigned repetition);

[[nodiscard]] bool contains(const std::vector<mode>& modes, mode how);

}  // namespace compare

// SPDX-License-Identifier: MIT
// Median and spread of the repetitions of each setting. Pure functions, any thread.
#pragma once

#include "measurement.hpp"

#include <optional>
#include <vector>

namespace compare {

struct summary {
    setting where;
    double median = 0;
    double least = 0;
    double most = 0;
    double build_median = 0;
};

// One a setting, sorted by mode, CPUs and workers.
[[nodiscard]] std::vector<summary> summarise(const std::vector<measurement>& measurements);

[[nodiscard]] std::optional<summary> find(const std::vector<summary>& all, const setting& where);

// The one of that mode with the smallest median.
[[nodiscard]] std::optional<summary> fastest(const std::vector<summary>& all, mode how);

// The counts that occur, ascending, sequential left out.
[[nodiscard]] std::vector<unsigned> cpu_counts(const std::vector<summary>& all);
[[nodiscard]] std::vector<unsigned> worker_counts(const std::vector<summary>& all);

}  // namespace compare

// SPDX-License-Identifier: MIT
#include "program/sweep/measured.hpp"

#include <algorithm>
#include <utility>

namespace s3_program {

bool measured_cell::failed() const {
    return std::any_of(runs.begin(), runs.end(), [](const sweep_run& one) { return !one.failure.empty(); });
}

spread spread_of(std::vector<double> values) {
    if (values.empty()) return {};
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    const bool even = values.size() % 2 == 0;
    return {values.front(), even ? (values[half - 1] + values[half]) / 2 : values[half], values.back()};
}

spread spread_of(const measured_cell& cell, run_quantity quantity) {
    std::vector<double> values;
    for (const sweep_run& run : cell.runs) values.push_back(quantity(run));
    return spread_of(std::move(values));
}

const measured_cell* find(const sweep_report& all, const sweep_cell& where) {
    const auto found = std::find_if(all.cells.begin(), all.cells.end(),
                                    [&](const measured_cell& one) { return one.where == where; });
    return found == all.cells.end() ? nullptr : &*found;
}

}  // namespace s3_program

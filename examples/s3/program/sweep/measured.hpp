// SPDX-License-Identifier: MIT
// What a sweep has found out. Plain values and pure functions, any thread.
#pragma once

#include "program/sweep/grid.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace s3_program {

// One run of the program.
struct sweep_run {
    double whole_seconds = 0;  // from the start of the process until it and its workers had ended
    double phase_seconds = 0;  // from the first job to the last report
    double cpu_seconds = 0;    // of the process and its workers
    double mean_seconds = 0;   // R: of one object, in its worker
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0;
    std::vector<double> rates;  // X: objects a second, one for every two seconds and at least one
    std::string failure;        // why the run does not count; empty when it does

    // X over all of the run.
    [[nodiscard]] double rate() const {
        return phase_seconds > 0 ? static_cast<double>(objects) / phase_seconds : 0;
    }
    // Little's law: how many objects were being worked on, on average.
    [[nodiscard]] double in_flight() const { return rate() * mean_seconds; }
};

struct measured_cell {
    sweep_cell where;
    unsigned connections = 1;
    std::string not_measured;  // why there are no runs; empty when there are
    std::vector<sweep_run> runs;

    [[nodiscard]] bool failed() const;
    [[nodiscard]] bool counts() const { return !runs.empty() && !failed(); }
};

struct spread {
    double least = 0;
    double median = 0;
    double most = 0;
};

using run_quantity = double (*)(const sweep_run&);

// Of all runs of a cell that counts.
[[nodiscard]] spread spread_of(const measured_cell& cell, run_quantity quantity);
[[nodiscard]] spread spread_of(std::vector<double> values);

[[nodiscard]] inline double whole_seconds(const sweep_run& run) { return run.whole_seconds; }
[[nodiscard]] inline double phase_seconds(const sweep_run& run) { return run.phase_seconds; }
[[nodiscard]] inline double cpu_seconds_of(const sweep_run& run) { return run.cpu_seconds; }
[[nodiscard]] inline double mean_seconds(const sweep_run& run) { return run.mean_seconds; }
[[nodiscard]] inline double rate_of(const sweep_run& run) { return run.rate(); }
[[nodiscard]] inline double in_flight(const sweep_run& run) { return run.in_flight(); }

struct sweep_report {
    std::string verb;
    std::string subject;  // "100 objects of s3://demo"
    std::string machine;  // date, CPUs, load
    sweep_grid grid;
    std::vector<measured_cell> cells;
};

// Null when the sweep has no such cell.
[[nodiscard]] const measured_cell* find(const sweep_report& all, const sweep_cell& where);

}  // namespace s3_program

// SPDX-License-Identifier: MIT
#include "program/sweep/tables.hpp"

#include "text.hpp"

#include <algorithm>
#include <vector>

namespace s3_program {
namespace {

using example_common::count_text;
using example_common::fixed;
using example_common::plural;
using example_common::seconds_text;

using cells = std::vector<std::string>;

std::string line_of(const cells& one) {
    std::string line = "|";
    for (const std::string& cell : one) line += " " + cell + " |";
    return line + "\n";
}

std::string rule_of(std::size_t columns) {
    std::string line = "|";
    for (std::size_t i = 0; i != columns; ++i) line += "---:|";
    return line + "\n";
}

std::string seconds_cell(const measured_cell& cell, run_quantity quantity) {
    if (!cell.not_measured.empty()) return "not measured";
    if (!cell.counts()) return "failed";
    const spread found = spread_of(cell, quantity);
    std::string text = seconds_text(found.median);
    if (cell.runs.size() > 1) text += " (" + seconds_text(found.least) + "-" + seconds_text(found.most) + ")";
    return text;
}

cells little_cells(const measured_cell& cell) {
    const double busy = spread_of(cell, in_flight).median;
    return {std::string(name_of(cell.where.how)),
            std::to_string(cell.where.cpus),
            std::to_string(cell.where.workers),
            count_text(static_cast<std::uint64_t>(spread_of(cell, rate_of).median)),
            fixed(spread_of(cell, mean_seconds).median * 1000, 2),
            fixed(busy, 2),
            std::to_string(cell.connections),
            fixed(100 * busy / cell.connections, 0) + " %"};
}

std::string notes_of(const sweep_report& all) {
    std::string text;
    for (const measured_cell& cell : all.cells) {
        const auto bad = std::find_if(cell.runs.begin(), cell.runs.end(),
                                      [](const sweep_run& one) { return !one.failure.empty(); });
        if (bad == cell.runs.end()) continue;
        text += "- failed: " + std::string(name_of(cell.where.how)) + ", " +
                plural(cell.where.cpus, "CPU", "CPUs") + ", " +
                plural(cell.where.workers, "worker", "workers") + ": " +
                example_common::printable(bad->failure) + "\n";
    }
    return text.empty() ? "" : "\n" + text;
}

std::string reason_not_measured(const sweep_report& all) {
    const auto one = std::find_if(all.cells.begin(), all.cells.end(),
                                  [](const measured_cell& cell) { return !cell.not_measured.empty(); });
    return one == all.cells.end() ? "" : "\nNot measured: " + one->not_measured + ".\n";
}

}  // namespace

std::string quantity_table(const sweep_report& all, run_quantity quantity) {
    cells heading{"workers"};
    for (const unsigned cpus : all.grid.cpus) {
        for (const mode how : all.grid.modes)
            heading.push_back(std::string(name_of(how)) + ", " + plural(cpus, "CPU", "CPUs"));
    }
    std::string text = line_of(heading) + rule_of(heading.size());
    for (const unsigned workers : all.grid.workers) {
        cells row{std::to_string(workers)};
        for (const unsigned cpus : all.grid.cpus) {
            for (const mode how : all.grid.modes) {
                const measured_cell* const cell = find(all, {how, cpus, workers});
                row.push_back(cell == nullptr ? "" : seconds_cell(*cell, quantity));
            }
        }
        text += line_of(row);
    }
    return text;
}

std::string little_table(const sweep_report& all) {
    const cells heading{"mode",           "CPUs",        "workers",     "X, objects/s", "R, ms an object",
                        "X R, in flight", "connections", "of them busy"};
    std::string text = line_of(heading) + rule_of(heading.size());
    for (const measured_cell& cell : all.cells) {
        if (cell.counts()) text += line_of(little_cells(cell));
    }
    return text;
}

std::string markdown(const sweep_report& all) {
    const bool several = std::any_of(all.cells.begin(), all.cells.end(),
                                     [](const measured_cell& one) { return one.runs.size() > 1; });
    const std::string runs = several ? "; median (least-most) of the runs" : "";
    return "# sweep of " + all.verb + ": " + all.subject + "\n\n" + all.machine +
           "\n\nSeconds of the whole process, from its start until it and its workers had ended" + runs +
           ":\n\n" + quantity_table(all, whole_seconds) + reason_not_measured(all) + notes_of(all) +
           "\nSeconds from the first object to the last:\n\n" + quantity_table(all, phase_seconds) +
           "\nCPU seconds of the process and its workers:\n\n" + quantity_table(all, cpu_seconds_of) +
           "\nLittle's law: X objects a second that take R each are X R objects in flight.\n\n" +
           little_table(all);
}

}  // namespace s3_program

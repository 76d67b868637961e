// SPDX-License-Identifier: MIT
#include "program/sweep/records.hpp"

#include "program/csv_text.hpp"
#include "program/json_text.hpp"
#include "text.hpp"

#include <array>
#include <utility>

namespace s3_program {
namespace {

using example_common::fixed;

constexpr const char* csv_heading =
    "verb,mode,cpus,workers,connections,run,whole_seconds,phase_seconds,cpu_seconds,objects,bytes,x_objects_"
    "a_second,"
    "r_seconds_an_object,x_times_r,x_samples,note\n";

std::string list_of(const std::vector<double>& rates, const char* separator) {
    std::string text;
    for (const double rate : rates) text += (text.empty() ? "" : separator) + fixed(rate, 1);
    return text;
}

std::string csv_start(const sweep_report& all, const measured_cell& cell) {
    return all.verb + "," + std::string(name_of(cell.where.how)) + "," + std::to_string(cell.where.cpus) +
           "," + std::to_string(cell.where.workers) + "," + std::to_string(cell.connections) + ",";
}

std::string csv_figures(const sweep_run& run) {
    return fixed(run.whole_seconds, 6) + "," + fixed(run.phase_seconds, 6) + "," + fixed(run.cpu_seconds, 6) +
           "," + std::to_string(run.objects) + "," + std::to_string(run.bytes) + "," + fixed(run.rate(), 3) +
           "," + fixed(run.mean_seconds, 6) + "," + fixed(run.in_flight(), 4) + "," +
           list_of(run.rates, " ") + "," + csv_cell(run.failure) + "\n";
}

std::string member(const char* name, const std::string& value) { return json_string(name) + ": " + value; }

constexpr std::array<std::pair<const char*, run_quantity>, 6> quantities{
    {{"whole_seconds", whole_seconds},
     {"phase_seconds", phase_seconds},
     {"cpu_seconds", cpu_seconds_of},
     {"x_objects_a_second", rate_of},
     {"r_seconds_an_object", mean_seconds},
     {"x_times_r", in_flight}}};

std::string json_spread(const measured_cell& cell, run_quantity quantity) {
    if (!cell.counts()) return "null";
    const spread found = spread_of(cell, quantity);
    return "{" + member("median", fixed(found.median, 6)) + ", " + member("least", fixed(found.least, 6)) +
           ", " + member("most", fixed(found.most, 6)) + "}";
}

std::string json_run(const sweep_run& run) {
    std::string text = "{";
    for (const auto& [name, quantity] : quantities) text += member(name, fixed(quantity(run), 6)) + ", ";
    return text + member("objects", std::to_string(run.objects)) + ", " +
           member("bytes", std::to_string(run.bytes)) + ", " +
           member("x_samples", "[" + list_of(run.rates, ", ") + "]") + ", " +
           member("failure", json_string(run.failure)) + "}";
}

std::string json_cell(const measured_cell& cell) {
    std::string text = "    {" + member("mode", json_string(name_of(cell.where.how))) + ", " +
                       member("cpus", std::to_string(cell.where.cpus)) + ", " +
                       member("workers", std::to_string(cell.where.workers)) + ", " +
                       member("connections", std::to_string(cell.connections)) + ", " +
                       member("not_measured", json_string(cell.not_measured)) + ",\n     ";
    for (const auto& [name, quantity] : quantities) text += member(name, json_spread(cell, quantity)) + ", ";
    std::string runs;
    for (const sweep_run& run : cell.runs) runs += (runs.empty() ? "" : ", ") + json_run(run);
    return text + "\n     " + member("runs", "[" + runs + "]") + "}";
}

}  // namespace

std::string csv_of(const sweep_report& all) {
    std::string text = csv_heading;
    for (const measured_cell& cell : all.cells) {
        const std::string start = csv_start(all, cell);
        if (cell.runs.empty()) text += start + ",,,,,,,,,," + csv_cell(cell.not_measured) + "\n";
        for (std::size_t i = 0; i != cell.runs.size(); ++i)
            text += start + std::to_string(i + 1) + "," + csv_figures(cell.runs[i]);
    }
    return text;
}

std::string json_of(const sweep_report& all) {
    std::string cells;
    for (const measured_cell& cell : all.cells) cells += (cells.empty() ? "" : ",\n") + json_cell(cell);
    return "{\n  " + member("verb", json_string(all.verb)) + ",\n  " +
           member("subject", json_string(all.subject)) + ",\n  " +
           member("machine", json_string(all.machine)) + ",\n  " + member("cells", "[\n" + cells + "\n  ]") +
           "\n}\n";
}

}  // namespace s3_program

// SPDX-License-Identifier: MIT
#include "comparison.hpp"
#include "cpu_limit.hpp"
#include "gnuplot.hpp"
#include "plot.hpp"
#include "text.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace compare {
using namespace example_common;

namespace {

namespace fs = std::filesystem;

// Both workloads together stay well below two minutes: a repetition that would not fit is left out.
constexpr double seconds_a_workload = 50;
constexpr double sequential_cpu_seconds = 0.8;

fs::path directory_for(const options& wanted) {
    if (!wanted.out.empty()) return wanted.out;
    return fs::is_directory("build") ? fs::path("build/demo") : fs::path(".");
}

// On two CPUs, eight workers would tell nothing that four do not.
run_options demo_settings(const run_options& given) {
    run_options run = given;
    run.workers = usable_cpus() > 2 ? std::vector<unsigned>{1, 2, 4, 8} : std::vector<unsigned>{1, 2, 4};
    run.cpus = {1, 2, 4};
    run.budget_seconds = seconds_a_workload;
    return run;
}

void draw_all(const report& all, const fs::path& directory) {
    for (const char* ending : {".svg", ".png"}) {
        const std::string file = (directory / (all.workload + ending)).native();
        draw(all, file);
        std::cout << "  " << printable(file) << '\n';
    }
}

// A demonstration without pictures is still one, so that a missing gnuplot is only a note here.
void draw_if_possible(const std::vector<report>& reports, const fs::path& directory) {
    try {
        require_gnuplot();
        for (const report& all : reports) draw_all(all, directory);
    } catch (const std::runtime_error& problem) {
        std::cout << "  no pictures: " << problem.what() << '\n';
    }
}

}  // namespace

int compare_demo(const options& given) {
    options wanted = given;
    wanted.run = demo_settings(given.run);
    const fs::path directory = directory_for(wanted);
    fs::create_directories(directory);
    const std::string csv_name = (directory / "measurements.csv").native();
    csv_file csv(csv_name);

    const hash_workload files = find_files(wanted);
    std::vector<report> reports{measure_hash(files, wanted, &csv)};
    reports.push_back(measure_cpu(wanted, sequential_cpu_seconds, &csv));

    int status = 0;
    for (const report& all : reports) {
        status = std::max(status, show(all));
        std::cout << '\n';
    }
    std::cout << "written:\n  " << printable(csv_name) << '\n';
    draw_if_possible(reports, directory);
    return status;
}

}  // namespace compare

// SPDX-License-Identifier: MIT
#include "comparison.hpp"

#include "conclusion.hpp"
#include "cpu_workload.hpp"
#include "digest_file.hpp"
#include "file_list.hpp"
#include "gnuplot.hpp"
#include "plot.hpp"
#include "runner.hpp"
#include "table.hpp"
#include "text.hpp"
#include "usage_error.hpp"

#include <algorithm>
#include <iostream>
#include <optional>

namespace compare {
using namespace example_common;

namespace {

constexpr std::size_t shown_at_most = 20;
constexpr double sequential_cpu_seconds = 3;

void list(const char* what, const std::vector<std::string>& sentences) {
    for (std::size_t i = 0; i < std::min(sentences.size(), shown_at_most); ++i) {
        std::cerr << what << sentences[i] << '\n';
    }
    if (sentences.size() > shown_at_most) {
        std::cerr << what << "... and " << sentences.size() - shown_at_most << " more\n";
    }
}

void show_unreadable(const hash_workload& work, const std::vector<hash_workload::result>& results) {
    std::vector<std::string> sentences;
    for (const file_result& one : flatten(results)) {
        if (one.error.empty()) continue;
        sentences.push_back(printable(work.files().at(one.index).path) + ": " + one.error);
    }
    list("compare: could not be hashed: ", sentences);
}

// Made before anything is measured, so that a name that cannot be written is known at once.
std::optional<csv_file> csv_of(const options& wanted) {
    if (wanted.csv.empty()) return std::nullopt;
    return std::optional<csv_file>(std::in_place, wanted.csv);
}

int finish(const report& all, const options& wanted) {
    const int status = show(all);
    if (!wanted.plot.empty()) draw(all, wanted.plot);
    return status;
}

}  // namespace

hash_workload find_files(const options& wanted) {
    const auto roots = wanted.directories.empty() ? default_directories() : wanted.directories;
    if (!wanted.run.quiet) std::cerr << "compare: looking for files\n";
    std::vector<file_entry> files = list_files(roots);
    if (files.empty()) throw usage_error("there is not one regular file to hash; name other directories");
    return {std::move(files), wanted.batch_files};
}

report measure_hash(const hash_workload& work, const options& wanted, csv_file* csv) {
    runner<hash_workload> all(work, wanted.run, csv);
    report found = all.run();
    show_unreadable(work, all.kept());
    if (!wanted.digests.empty()) write_digests(wanted.digests, flatten(all.kept()), work.files());
    return found;
}

report measure_cpu(const options& wanted, double seconds, csv_file* csv) {
    const std::uint64_t steps = wanted.steps ? *wanted.steps : calibrated_steps(wanted.loops, seconds);
    const cpu_workload work(wanted.loops, steps);
    return runner<cpu_workload>(work, wanted.run, csv).run();
}

int show(const report& all) {
    std::cout << tables_of(all) << conclusion_of(all) << std::flush;
    list("compare: this run failed: ", all.failures);
    list("compare: not what sequential gave: ", all.differences);
    if (!all.differences.empty()) {
        std::cerr << "compare: " << plural(all.differences.size(), "result differs", "results differ")
                  << "; a file that changed while it was being measured is one possible cause\n";
    }
    return all.failures.empty() && all.differences.empty() ? 0 : 1;
}

int compare_hash(const options& wanted) {
    if (!wanted.plot.empty()) require_gnuplot();
    auto csv = csv_of(wanted);
    const hash_workload work = find_files(wanted);
    return finish(measure_hash(work, wanted, csv ? &*csv : nullptr), wanted);
}

int compare_cpu(const options& wanted) {
    if (!wanted.plot.empty()) require_gnuplot();
    auto csv = csv_of(wanted);
    return finish(measure_cpu(wanted, sequential_cpu_seconds, csv ? &*csv : nullptr), wanted);
}

}  // namespace compare

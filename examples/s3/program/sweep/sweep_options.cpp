// SPDX-License-Identifier: MIT
#include "program/sweep/sweep_options.hpp"

#include "program/sweep/plot.hpp"

#include <algorithm>

namespace s3_program {
namespace {

template <class Value>
void without_repetitions(std::vector<Value>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

void add_counts(CLI::App& app, const char* name, std::vector<unsigned>& counts, const char* help) {
    app.add_option(name, counts, help)->delimiter(',')->check(CLI::Range(1, 1024))->capture_default_str();
}

}  // namespace

void add_sweep_options(CLI::App& sweep, sweep_settings& wanted, sweep_line& line) {
    sweep.add_option("--verb", line.verb, "list: GET everything; fetch: HEAD, then GET; copy")
        ->capture_default_str();
    sweep.add_option("--modes", line.modes, "such as sequential,thread (default: async,thread,process)")
        ->delimiter(',');
    add_counts(sweep, "--workers", wanted.grid.workers, "threads, processes, or connections of async");
    add_counts(sweep, "--cpus", wanted.grid.cpus, "CPUs to use; those that are not there are not measured");
    sweep.add_option("--concurrency", wanted.grid.concurrency, "connections of a process in process+async")
        ->check(CLI::Range(1, 65'536))
        ->capture_default_str();
    sweep.add_option("--repeat", wanted.repeat, "runs of each setting")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    sweep.add_option("--objects", wanted.keys, "fetch without --keys: so many of the first that are listed")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    sweep.add_option("--markdown", wanted.markdown, "the tables, which also are printed");
    sweep.add_option("--plot", wanted.pictures, "a picture (.svg, .png); may come several times");
}

sweep_settings finished(sweep_settings wanted, const sweep_line& line) {
    wanted.what = parse_sweep_verb(line.verb);
    if (!line.modes.empty()) wanted.grid.modes.clear();
    for (const std::string& word : line.modes) {
        const mode how = parse_mode(word);
        auto& known = wanted.grid.modes;
        if (std::find(known.begin(), known.end(), how) == known.end()) known.push_back(how);
    }
    without_repetitions(wanted.grid.workers);
    without_repetitions(wanted.grid.cpus);
    for (const std::string& picture : wanted.pictures) check_picture_name(picture);
    return wanted;
}

}  // namespace s3_program

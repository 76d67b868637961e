// SPDX-License-Identifier: MIT
#include "program/shown_run.hpp"

#include "output_file.hpp"
#include "program/commands.hpp"
#include "program/credentials_of.hpp"
#include "program/json_text.hpp"
#include "program/orderly_end.hpp"
#include "program/rate_samples.hpp"
#include "program/result_file.hpp"
#include "program/sweep/plot.hpp"
#include "progress.hpp"
#include "text.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

namespace s3_program {
namespace {

using example_common::bytes_text;
using example_common::count_text;
using example_common::duration_text;
using example_common::plural;

constexpr std::size_t most_messages = 10;

// The messages of the first failed rows.
class failures {
public:
    void note(const finished_job& row) {
        if (row.how.how != outcome::failed) return;
        ++count_;
        if (texts_.size() < most_messages) texts_.push_back(row.how.error);
    }
    [[nodiscard]] const std::vector<std::string>& texts() const noexcept { return texts_; }

    // What stopped the run stands for all of them.
    void print(const run_result& result, const std::string& csv) const {
        if (!result.stopped_by.empty()) {
            std::cerr << "penstock-s3: stopped: " << example_common::printable(result.stopped_by) << '\n';
            return;
        }
        for (const std::string& text : texts_)
            std::cerr << "penstock-s3: " << example_common::printable(text) << '\n';
        if (count_ > texts_.size()) {
            std::cerr << "penstock-s3: and " << plural(count_ - texts_.size(), "error", "errors")
                      << " more, see " << example_common::printable(csv) << '\n';
        }
    }

private:
    std::uint64_t count_ = 0;
    std::vector<std::string> texts_;
};

// Redraws now and then: a row may take only some microseconds.
class run_progress {
public:
    run_progress(const options& wanted, std::uint64_t objects)
        : bar_(std::cerr, example_common::progress_style_for_stderr(wanted.quiet),
               {name_of(wanted.what), "objects", objects}) {}

    void note(const run_result& so_far) {
        if (const double now = clock_.seconds(); now - described_at_ >= 0.2) {
            described_at_ = now;
            const double rate = static_cast<double>(so_far.bytes) / 1e6 / now;
            bar_.describe(example_common::fixed(rate, 1) + " MB/s, " +
                          plural(so_far.errors, "error", "errors"));
        }
        bar_.advance_to(so_far.objects);
    }

private:
    example_common::stopwatch clock_;
    double described_at_ = 0;
    example_common::progress bar_;
};

void print_heading(const options& wanted, const size_histogram& found) {
    std::cout << name_of(wanted.what) << ": " << plural(found.objects(), "object", "objects") << ", "
              << bytes_text(found.bytes()) << "; mode " << name_of(wanted.run.how) << ", "
              << parallelism_text(wanted.run) << " at a time\n"
              << (found.objects() == 0 ? "Nothing matches.\n" : wanted.histogram ? found.text() : "")
              << std::flush;
}

std::uint64_t finished(const run_result& result) { return result.objects - result.unfinished; }

std::string rates_of(const run_result& result) {
    if (result.seconds <= 0) return "";
    const double objects = static_cast<double>(finished(result)) / result.seconds;
    const double bytes = static_cast<double>(result.bytes) / result.seconds;
    return " (" + count_text(static_cast<std::uint64_t>(objects)) + " objects/s, " +
           bytes_text(static_cast<std::uint64_t>(bytes)) + "/s)";
}

std::string counted(std::uint64_t count, const char* what) {
    return count == 0 ? "" : ", " + count_text(count) + " " + what;
}

void print_summary(const run_result& result) {
    const bool stopped = !result.stopped_by.empty();
    std::cout << (result.interrupted ? "interrupted after: " : stopped ? "stopped after: " : "done: ")
              << plural(finished(result), "object", "objects") << ", " << bytes_text(result.bytes) << " in "
              << duration_text(result.seconds) << rates_of(result) << ", "
              << plural(result.errors, "error", "errors") << counted(result.missing, "not there")
              << counted(result.skipped, "there already")
              << counted(result.unfinished, "begun and not finished")
              << counted(result.size_only, "verified by size only") << '\n'
              << "CPU " << duration_text(result.cpu_seconds) << ", the pool "
              << duration_text(result.build_seconds) << ", an object took "
              << duration_text(result.mean_seconds) << " on average"
              << counted(result.refreshes, "times a new token")
              << counted(result.workers_lost, "workers lost") << '\n';
}

void write_json(const options& wanted, const run_result& result, const std::vector<std::string>& messages) {
    example_common::output_file file(wanted.json);
    file.stream() << json_text(name_of(wanted.what), wanted.run, result, messages);
    file.close();
}

// A file that cannot be written takes nothing else with it.
void attempt(run_result& result, const std::function<void()>& write) {
    try {
        write();
    } catch (const std::exception& problem) {
        if (result.unwritten.empty()) result.unwritten = problem.what();
    }
}

void draw(const options& wanted, const run_result& result) {
    const double interval = std::min(rate_samples::interval, result.seconds);
    const std::string title = std::string(name_of(wanted.what)) + ", " +
                              std::string(name_of(wanted.run.how)) + ", " + parallelism_text(wanted.run) +
                              " at a time";
    draw_or_say_why(rates_script(title, result.rates, interval, wanted.plot), wanted.plot);
}

}  // namespace

run_result show_run(const options& wanted, s3::credential_source& keys, job_source& jobs,
                    const size_histogram& found) {
    print_heading(wanted, found);
    result_file rows(wanted.csv);
    failures failed;
    run_settings settings = wanted.run;
    settings.expected = found.objects();
    settings.recipe = recipe_of(wanted);
    run_result result;
    {
        run_progress progress(wanted, found.objects());
        result = run_jobs(settings, keys, jobs, [&](const finished_job& row, const run_result& so_far) {
            rows.add(row);
            failed.note(row);
            progress.note(so_far);
        });
    }
    attempt(result, [&] { rows.finish(result.seconds); });
    failed.print(result, wanted.csv);
    print_summary(result);
    if (result.unwritten.empty())
        std::cout << "written: " << example_common::printable(wanted.csv) << '\n' << std::flush;
    if (!wanted.json.empty()) attempt(result, [&] { write_json(wanted, result, failed.texts()); });
    if (!wanted.plot.empty()) attempt(result, [&] { draw(wanted, result); });
    if (!result.unwritten.empty() && result.unwritten != result.stopped_by)
        std::cerr << "penstock-s3: " << result.unwritten << '\n';
    return result;
}

int status_of(const run_result& result) {
    const bool printed = static_cast<bool>(std::cout.flush());
    if (!printed) std::cerr << "penstock-s3: the summary could not be written to the standard output\n";
    if (result.interrupted) return status_of_signal();
    return printed && result.clean() ? 0 : status_failed;
}

}  // namespace s3_program

// SPDX-License-Identifier: MIT
#include "program/shown_run.hpp"

#include "output_file.hpp"
#include "program/commands.hpp"
#include "program/json_text.hpp"
#include "program/rate_samples.hpp"
#include "program/result_file.hpp"
#include "program/sweep/plot.hpp"
#include "progress.hpp"
#include "text.hpp"

#include <algorithm>
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
              << (wanted.histogram ? found.text() : "") << std::flush;
}

std::string rates_of(const run_result& result) {
    if (result.seconds <= 0) return "";
    const double objects = static_cast<double>(result.objects) / result.seconds;
    const double bytes = static_cast<double>(result.bytes) / result.seconds;
    return " (" + count_text(static_cast<std::uint64_t>(objects)) + " objects/s, " +
           bytes_text(static_cast<std::uint64_t>(bytes)) + "/s)";
}

std::string counted(std::uint64_t count, const char* what) {
    return count == 0 ? "" : ", " + count_text(count) + " " + what;
}

void print_summary(const run_result& result) {
    std::cout << (result.interrupted ? "interrupted after: " : "done: ")
              << plural(result.objects, "object", "objects") << ", " << bytes_text(result.bytes) << " in "
              << duration_text(result.seconds) << rates_of(result) << ", "
              << plural(result.errors, "error", "errors") << counted(result.missing, "not there")
              << counted(result.skipped, "there already") << '\n'
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
    run_result result;
    {
        run_progress progress(wanted, found.objects());
        result = run_jobs(settings, keys, jobs, [&](const finished_job& row, const run_result& so_far) {
            rows.add(row);
            failed.note(row);
            progress.note(so_far);
        });
    }
    rows.finish(result.seconds);
    failed.print(result, wanted.csv);
    print_summary(result);
    std::cout << "written: " << example_common::printable(wanted.csv) << '\n' << std::flush;
    if (!wanted.json.empty()) write_json(wanted, result, failed.texts());
    if (!wanted.plot.empty()) draw(wanted, result);
    return result;
}

int status_of(const run_result& result) {
    if (result.interrupted) return status_interrupted;
    return result.clean() ? 0 : status_failed;
}

}  // namespace s3_program

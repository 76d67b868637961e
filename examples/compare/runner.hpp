// SPDX-License-Identifier: MIT
// Measures every setting of a plan and compares its results with sequential's. Called by the main thread. A
// run that fails is noted in the report and the others go on; Ctrl-C leaves with `interrupted`.
#pragma once

#include "cpu_limit.hpp"
#include "csv.hpp"
#include "plan.hpp"
#include "timed_run.hpp"

#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace compare {
using namespace example_common;

template <class Workload>
class runner {
public:
    using results = std::vector<typename Workload::result>;

    // Keeps references: the workload, the options and the CSV file (which may be null) must outlive the
    // runner.
    runner(const Workload& work, const run_options& options, csv_file* csv)
        : work_(work), options_(options), csv_(csv), usable_cpus_(usable_cpus()),
          plan_(make_plan(options, usable_cpus_)) {}

    report run() {
        report_.workload = Workload::name;
        report_.subject = work_.subject();
        report_.missing_cpus = plan_.missing_cpus;
        report_.usable_cpus = usable_cpus_;
        report_.repetitions_wanted = options_.repeat;
        progress bar(std::cerr, progress_style_for_stderr(options_.quiet),
                     {report_.workload, std::string(Workload::unit), total_units()});
        prepare(bar);
        const stopwatch clock;
        for (unsigned repetition = 1; repetition <= options_.repeat; ++repetition) {
            if (!affordable(repetition, clock.seconds())) break;
            for (const setting& where : in_order_of(plan_, repetition)) measure(where, repetition, bar);
        }
        return std::move(report_);
    }

    // The results of the last run of the last mode of the options; empty when it failed.
    [[nodiscard]] const results& kept() const noexcept { return kept_; }

private:
    [[nodiscard]] bool needs_untimed_pass() const {
        return Workload::wants_warm_up || (options_.verify && !contains(options_.modes, mode::sequential));
    }

    [[nodiscard]] std::uint64_t units_a_run() const {
        std::uint64_t units = 0;
        for (const auto& task : work_.tasks()) units += Workload::units(task);
        return units;
    }

    [[nodiscard]] std::uint64_t total_units() const {
        const std::uint64_t runs = plan_.settings.size() * options_.repeat + (needs_untimed_pass() ? 1 : 0);
        return runs * units_a_run();
    }

    [[nodiscard]] bool affordable(unsigned repetition, double spent) const {
        if (repetition == 1 || options_.budget_seconds <= 0) return true;
        return spent * repetition / (repetition - 1) <= options_.budget_seconds;
    }

    void prepare(progress& bar) {
        if (!needs_untimed_pass()) return;
        bar.describe("untimed pass");
        reference_ = run_all(work_, mode::sequential, 1, bar).results;
        runs_ = 1;
    }

    void measure(const setting& where, unsigned repetition, progress& bar) {
        bar.describe(text_of(where));
        if (auto run = try_once(where, bar)) {
            note(where, repetition, *run);
            check(where, run->results);
            if (where.how == options_.modes.back()) kept_ = std::move(run->results);
        }
        bar.advance_to(++runs_ * units_a_run());
    }

    std::optional<timed_run<Workload>> try_once(const setting& where, progress& bar) {
        try {
            return run_once(where, bar);
        } catch (const interrupted&) {
            throw;
        } catch (const std::exception& problem) {
            report_.failures.push_back(text_of(where) + ": " + problem.what());
            return std::nullopt;
        }
    }

    timed_run<Workload> run_once(const setting& where, progress& bar) {
        const cpu_limit limit(where.cpus);
        return run_all(work_, where.how, where.workers, bar);
    }

    void note(const setting& where, unsigned repetition, const timed_run<Workload>& run) {
        measurement row{where, repetition, run.seconds, run.build_seconds, {}};
        for (const auto& one : run.results) row.done += Workload::done(one);
        report_.measurements.push_back(row);
        if (csv_ != nullptr) csv_->write(Workload::name, row);
    }

    // Without an untimed pass the first run is sequential, and becomes what the others are compared with.
    void check(const setting& where, const results& found) {
        if (!options_.verify) return;
        if (!reference_ && where.how == mode::sequential) reference_ = found;
        if (!reference_) return;  // sequential itself failed, which the report says
        for (const std::string& sentence : work_.differences(*reference_, found)) {
            report_.differences.push_back(text_of(where) + ": " + sentence);
        }
    }

    const Workload& work_;
    const run_options& options_;
    csv_file* csv_;
    unsigned usable_cpus_;
    plan plan_;
    report report_;
    std::optional<results> reference_;
    results kept_;
    std::uint64_t runs_ = 0;
};

}  // namespace compare

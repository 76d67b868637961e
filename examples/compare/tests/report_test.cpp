// SPDX-License-Identifier: MIT
#include "conclusion.hpp"
#include "lists.hpp"
#include "plan.hpp"
#include "plot.hpp"
#include "progress.hpp"
#include "summary.hpp"
#include "table.hpp"
#include "text.hpp"
#include "usage_error.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace compare {
using namespace example_common;

namespace {

constexpr setting alone{mode::sequential, 2, 1};
constexpr setting two_threads{mode::threads, 2, 2};
constexpr setting two_processes{mode::processes, 2, 2};

measurement took(const setting& where, unsigned repetition, double seconds) {
    return {where, repetition, seconds, 0.001, {10, 0, 0}};
}

report sample(double thread_seconds, double process_seconds) {
    report all;
    all.workload = "cpu";
    all.subject = "it's a sample";
    all.missing_cpus = {64};
    all.usable_cpus = 2;
    all.repetitions_wanted = 3;
    for (const unsigned repetition : {1U, 2U, 3U}) {
        const double shift = 0.01 * repetition;
        all.measurements.push_back(took(alone, repetition, 2 + shift));
        all.measurements.push_back(took(two_threads, repetition, thread_seconds + shift));
        all.measurements.push_back(took(two_processes, repetition, process_seconds + shift));
    }
    return all;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(summary, median_and_spread) {
    const auto odd = summarise({took(alone, 1, 3), took(alone, 2, 1), took(alone, 3, 2)});
    ASSERT_EQ(odd.size(), 1U);
    EXPECT_DOUBLE_EQ(odd[0].median, 2);
    EXPECT_DOUBLE_EQ(odd[0].least, 1);
    EXPECT_DOUBLE_EQ(odd[0].most, 3);
    EXPECT_DOUBLE_EQ(summarise({took(alone, 1, 3), took(alone, 2, 1)})[0].median, 2);
    EXPECT_TRUE(summarise({}).empty());
}

TEST(plan, lists_what_is_missing_and_alternates) {
    run_options options;
    options.cpus = {1, 2, 64};
    options.workers = {1, 4};
    const plan all = make_plan(options, 2);
    EXPECT_EQ(all.missing_cpus, std::vector<unsigned>{64});
    ASSERT_EQ(all.settings.size(), 1U + 2 * 2 * 2);
    EXPECT_EQ(all.settings.front(), alone);
    const auto backwards = in_order_of(all, 2);
    EXPECT_EQ(in_order_of(all, 1), all.settings);
    EXPECT_TRUE(std::equal(backwards.rbegin(), backwards.rend(), all.settings.begin(), all.settings.end()));
    EXPECT_THROW((void)make_plan(options, 0), usage_error);
}

TEST(table, shows_figures_speed_up_best_cell_and_what_is_missing) {
    const std::string text = tables_of(sample(1, 0.5));
    EXPECT_TRUE(has(text, "sequential: 2.02 s (2.01 - 2.03)"));
    EXPECT_TRUE(has(text, "* 1.02  1.98x"));
    EXPECT_TRUE(has(text, "1.01 - 1.03"));
    EXPECT_TRUE(has(text, "64   not measured: this program may use 2 CPUs here"));
}

TEST(table, a_setting_without_a_result_is_said_to_have_failed) {
    report all = sample(1, 1);
    all.measurements.push_back(took({mode::threads, 2, 8}, 1, 1));
    EXPECT_TRUE(has(tables_of(all), "failed"));
}

TEST(table, says_when_there_were_fewer_runs_than_wanted) {
    report all = sample(1, 1);
    EXPECT_FALSE(has(tables_of(all), "no time"));
    all.repetitions_wanted = 5;
    EXPECT_TRUE(has(tables_of(all), "medians of 3 runs"));
    EXPECT_TRUE(has(tables_of(all), "(there was no time for all 5)"));
}

TEST(table, a_report_without_measurements_is_no_crash) {
    report nothing;
    nothing.workload = "cpu";
    nothing.subject = "nothing";
    EXPECT_EQ(tables_of(nothing), "cpu: nothing\nnot one run gave a result\n\n");
    EXPECT_EQ(conclusion_of(nothing), "");
}

TEST(conclusion, names_the_faster_one_when_the_spreads_are_apart) {
    EXPECT_TRUE(has(conclusion_of(sample(1, 1.5)), "Processes take 49 % longer than threads"));
    EXPECT_TRUE(has(conclusion_of(sample(1.5, 1)), "Threads take 49 % longer than processes"));
    EXPECT_TRUE(has(conclusion_of(sample(1, 1.5)), "2.0 times as fast as sequential"));
}

TEST(conclusion, calls_overlapping_spreads_no_difference) {
    EXPECT_TRUE(has(conclusion_of(sample(1, 1.001)), "no clear difference"));
}

TEST(conclusion, says_how_many_workers_are_enough) {
    report all = sample(1, 1);
    all.measurements.push_back(took({mode::threads, 2, 4}, 1, 0.99));
    all.measurements.push_back(took({mode::processes, 2, 4}, 1, 0.5));
    EXPECT_TRUE(has(conclusion_of(all), "On 2 CPUs, 2 workers are enough for threads"));
    EXPECT_TRUE(has(conclusion_of(all), "On 2 CPUs, processes were fastest with 4 workers, the most that"));
}

TEST(conclusion, says_when_nothing_was_gained) {
    EXPECT_TRUE(has(conclusion_of(sample(3, 4)), "slower than sequential by 50 %"));
}

TEST(plot, the_script_holds_every_figure_and_quotes_the_title) {
    const std::string script = gnuplot_script(sample(1, 0.5), picture_format::svg);
    EXPECT_TRUE(has(script, "'cpu: it''s a sample'"));
    EXPECT_TRUE(has(script, "-0.20 1.020000 1.010000 1.030000"));
    EXPECT_TRUE(has(script, "0.20 0.520000 0.510000 0.530000"));
    EXPECT_TRUE(has(script, "'2 CPUs'"));
}

TEST(progress, lines_come_every_tenth) {
    std::ostringstream out;
    {
        progress bar(out, progress_style::lines, {"hash", "files", 1000});
        for (int i = 0; i < 1000; ++i) bar.advance(1);
    }
    const std::string text = out.str();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 11);
    EXPECT_EQ(text.find("hash: 0 %\n"), 0U);
    EXPECT_TRUE(has(text, "hash: 100 %"));
}

TEST(progress, the_bar_is_redrawn_in_place_seldom_and_wiped) {
    std::ostringstream out;
    {
        progress bar(out, progress_style::bar, {"hash", "files", 100000});
        bar.describe("thread");
        for (int i = 0; i < 100000; ++i) bar.advance(1);
    }
    const std::string text = out.str();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 0);
    EXPECT_LT(std::count(text.begin(), text.end(), '\r'), 1000);
    EXPECT_EQ(text.substr(text.size() - 4), "\r\x1b[K");
}

TEST(progress, nothing_to_do_and_quiet_are_no_trouble) {
    std::ostringstream out;
    { progress bar(out, progress_style::lines, {"hash", "files", 0}); }
    EXPECT_EQ(out.str(), "hash: 100 %\n");
    out.str("");
    {
        progress bar(out, progress_style::none, {"hash", "files", 10});
        bar.describe("x");
        bar.advance(10);
    }
    EXPECT_EQ(out.str(), "");
}

TEST(lists, are_sorted_and_without_repetitions) {
    EXPECT_EQ(parse_counts("--workers", "8,1,8,2", {1, 16}), (std::vector<unsigned>{1, 2, 8}));
    EXPECT_EQ(parse_modes("process,thread,process"), (std::vector<mode>{mode::processes, mode::threads}));
    EXPECT_THROW((void)parse_counts("--workers", "17", {1, 16}), usage_error);
    EXPECT_THROW((void)parse_modes("threads"), usage_error);
}

TEST(text, numbers_as_people_read_them) {
    EXPECT_EQ(count_text(0), "0");
    EXPECT_EQ(count_text(999), "999");
    EXPECT_EQ(count_text(1000), "1,000");
    EXPECT_EQ(count_text(1234567), "1,234,567");
    EXPECT_EQ(bytes_text(1), "1 byte");
    EXPECT_EQ(bytes_text(365'000'000), "365.0 MB");
    EXPECT_EQ(seconds_text(0.01234), "0.0123");
    EXPECT_EQ(seconds_text(123.4), "123");
    EXPECT_EQ(duration_text(0.0123), "12.3 ms");
    EXPECT_EQ(printable("a\nb\x1b[K"), "a\\nb\\x1b[K");
}

}  // namespace
}  // namespace compare

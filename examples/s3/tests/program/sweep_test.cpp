// SPDX-License-Identifier: MIT
// What a sweep computes and writes; running it is tested by sweep.sh.
#include "program/json_text.hpp"
#include "program/sweep/command_line.hpp"
#include "program/sweep/plot.hpp"
#include "program/sweep/records.hpp"
#include "program/sweep/run_summary.hpp"
#include "program/sweep/sweep_options.hpp"
#include "program/sweep/tables.hpp"
#include "usage_error.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace s3_program::test {
namespace {

sweep_run run_of(double whole, double phase, std::uint64_t objects, double mean) {
    sweep_run run;
    run.whole_seconds = whole;
    run.phase_seconds = phase;
    run.objects = objects;
    run.mean_seconds = mean;
    run.rates = {run.rate()};
    return run;
}

// Two modes, of which one is measured, one failed; and more CPUs than there are.
sweep_report small_report() {
    sweep_report all{"list",
                     "8 objects of s3://b",
                     "a machine",
                     {{mode::sequential, mode::thread}, {1, 2}, {1, 64}, 32},
                     {}};
    for (const sweep_cell& where : cells_of(all.grid)) {
        measured_cell cell{where, connections_of(where, 32), "", {}};
        if (where.cpus == 64) {
            cell.not_measured = "this machine has only 4 CPUs";
        } else {
            cell.runs = {run_of(3, 2, 8, 0.25), run_of(1, 0.5, 8, 0.125), run_of(2, 1, 8, 0.25)};
        }
        all.cells.push_back(cell);
    }
    return all;
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

bool has(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool follows(const std::vector<std::string>& words, const std::string& option, const std::string& value) {
    const auto found = std::find(words.begin(), words.end(), option);
    return found != words.end() && found + 1 != words.end() && *(found + 1) == value;
}

TEST(sweep_grid, sequential_is_there_once_for_each_number_of_cpus) {
    const auto cells = cells_of({{mode::thread, mode::sequential}, {1, 2}, {1, 4}, 32});
    const std::vector<sweep_cell> expected{{mode::thread, 1, 1},     {mode::sequential, 1, 1},
                                           {mode::thread, 1, 2},     {mode::thread, 4, 1},
                                           {mode::sequential, 4, 1}, {mode::thread, 4, 2}};
    EXPECT_EQ(cells, expected);
    EXPECT_EQ(cells_of({{mode::sequential}, {8}, {1}, 32}),
              (std::vector<sweep_cell>{{mode::sequential, 1, 1}}));
}

TEST(sweep_grid, connections) {
    EXPECT_EQ(connections_of({mode::sequential, 4, 1}, 32), 1U);
    EXPECT_EQ(connections_of({mode::thread, 4, 8}, 32), 8U);
    EXPECT_EQ(connections_of({mode::async, 4, 8}, 32), 8U);
    EXPECT_EQ(connections_of({mode::process_async, 4, 8}, 32), 256U);
}

TEST(sweep_measured, little) {
    const sweep_run run = run_of(9, 2, 100, 0.08);
    EXPECT_DOUBLE_EQ(run.rate(), 50);
    EXPECT_DOUBLE_EQ(run.in_flight(), 4);
    EXPECT_DOUBLE_EQ(sweep_run{}.rate(), 0);
}

TEST(sweep_measured, spread) {
    const spread odd = spread_of({3, 1, 2});
    EXPECT_DOUBLE_EQ(odd.least, 1);
    EXPECT_DOUBLE_EQ(odd.median, 2);
    EXPECT_DOUBLE_EQ(odd.most, 3);
    EXPECT_DOUBLE_EQ(spread_of({4, 1}).median, 2.5);
    EXPECT_DOUBLE_EQ(spread_of({}).median, 0);
}

TEST(sweep_tables, rows_are_workers_and_columns_modes_by_cpus) {
    EXPECT_EQ(quantity_table(small_report(), whole_seconds),
              "| workers | sequential, 1 CPU | thread, 1 CPU | sequential, 64 CPUs | thread, 64 CPUs |\n"
              "|---:|---:|---:|---:|---:|\n"
              "| 1 | 2.00 (1.00-3.00) | 2.00 (1.00-3.00) | not measured | not measured |\n"
              "| 2 |  | 2.00 (1.00-3.00) |  | not measured |\n");
}

TEST(sweep_tables, little_shows_what_was_measured_alone) {
    const std::string table = little_table(small_report());
    EXPECT_TRUE(holds(table, "| thread | 1 | 2 | 8 | 250.00 | 2.00 | 2 | 100 % |\n")) << table;
    EXPECT_FALSE(holds(table, "64")) << table;
}

TEST(sweep_tables, say_what_failed_and_what_was_not_measured) {
    sweep_report all = small_report();
    all.cells[1].runs[2].failure = "penstock-s3: no\nsuch luck";
    const std::string text = markdown(all);
    EXPECT_TRUE(holds(text, "| 1 | 2.00 (1.00-3.00) | failed |")) << text;
    EXPECT_TRUE(holds(text, "- failed: thread, 1 CPU, 1 worker: penstock-s3: no\\nsuch luck\n")) << text;
    EXPECT_TRUE(holds(text, "Not measured: this machine has only 4 CPUs.")) << text;
}

TEST(sweep_records, csv_has_a_record_for_each_run_and_each_gap) {
    const std::string text = csv_of(small_report());
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 3 * 3 + 3);
    EXPECT_TRUE(
        holds(text, "\nlist,thread,1,2,2,2,1.000000,0.500000,0.000000,8,0,16.000,0.125000,2.0000,16.0,\n"))
        << text;
    EXPECT_TRUE(holds(text, "\nlist,thread,64,2,2,,,,,,,,,,,this machine has only 4 CPUs\n")) << text;
    for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1)
        EXPECT_EQ(std::count(text.data() + begin, text.data() + end, ','), 15);
}

TEST(sweep_records, json_has_medians_or_null) {
    const std::string text = json_of(small_report());
    EXPECT_TRUE(holds(text, R"("whole_seconds": {"median": 2.000000, "least": 1.000000, "most": 3.000000})"))
        << text;
    EXPECT_TRUE(holds(text, R"("not_measured": "this machine has only 4 CPUs",)")) << text;
    EXPECT_TRUE(holds(text, R"("x_times_r": null)")) << text;
}

TEST(sweep_plot, draws_what_was_measured) {
    const std::string script = sweep_script(small_report(), "a.svg");
    EXPECT_TRUE(holds(script, "set terminal svg")) << script;
    EXPECT_TRUE(holds(script, "2 2.000000 1.000000 3.000000\n")) << script;
    EXPECT_TRUE(holds(script, "'1 CPU'")) << script;
    EXPECT_FALSE(holds(script, "64")) << script;
    EXPECT_TRUE(holds(sweep_script(small_report(), "a.png"), "set terminal pngcairo"));
    sweep_report nothing = small_report();
    for (measured_cell& cell : nothing.cells) cell.runs.clear();
    EXPECT_TRUE(holds(sweep_script(nothing, "a.svg"), "nothing was measured"));
    EXPECT_THROW(check_picture_name("a.gif"), example_common::usage_error);
}

run_result result_of_eight() {
    run_result result;
    result.objects = 8;
    result.bytes = 123;
    result.seconds = 0.5;
    result.mean_seconds = 0.125;
    result.rates = {15.5, 16.5};
    return result;
}

TEST(sweep_summary, reads_what_a_run_wrote) {
    const sweep_run run = read_run_summary(json_text("list", {}, result_of_eight(), {"a message"}));
    EXPECT_EQ(run.failure, "");
    EXPECT_EQ(run.objects, 8U);
    EXPECT_EQ(run.bytes, 123U);
    EXPECT_DOUBLE_EQ(run.phase_seconds, 0.5);
    EXPECT_DOUBLE_EQ(run.in_flight(), 2);
    EXPECT_EQ(run.rates, (std::vector<double>{15.5, 16.5}));
}

TEST(sweep_summary, a_run_that_did_not_do_everything_does_not_count) {
    run_result bad = result_of_eight();
    bad.skipped = 2;
    EXPECT_EQ(read_run_summary(json_text("copy", {}, bad, {})).failure, "2 objects are skipped");
    bad.stopped_by = "wrong \"secret\"";
    EXPECT_TRUE(holds(read_run_summary(json_text("copy", {}, bad, {})).failure, "stopped by "));
    EXPECT_THROW((void)read_run_summary("{\n}\n"), std::runtime_error);
}

options fetch_sweep() {
    options wanted;
    wanted.sweep.what = sweep_verb::fetch;
    wanted.from = {"bucket", ""};
    wanted.run.client.endpoint = "http://127.0.0.1:1";
    wanted.run.worker_role = "arn:role";
    return wanted;
}

TEST(sweep_command_line, a_role_per_worker) {
    const auto words = arguments_for(fetch_sweep(), {mode::async, 1, 8}, {"s.json", "t.csv", "k.csv"}, "n");
    EXPECT_EQ(words[0], "fetch");
    EXPECT_EQ(words[1], "s3://bucket");
    EXPECT_TRUE(follows(words, "--keys", "k.csv"));
    EXPECT_TRUE(follows(words, "--concurrency", "8"));
    EXPECT_FALSE(has(words, "--workers"));
    EXPECT_TRUE(follows(words, "--endpoint", "http://127.0.0.1:1"));
    EXPECT_TRUE(follows(words, "--role", "arn:role"));
    EXPECT_TRUE(has(words, "--role-per-worker"));
}

TEST(sweep_command_line, how_the_server_is_reached_is_passed_on) {
    options wanted = fetch_sweep();
    wanted.run.client.style = s3::addressing::virtual_host;
    wanted.run.client.connect_timeout = std::chrono::seconds(3);
    wanted.run.client.stall_timeout = std::chrono::seconds(4);
    const auto words = arguments_for(wanted, {mode::thread, 1, 2}, {"s", "t", "k"}, "n");
    EXPECT_TRUE(has(words, "--virtual-host"));
    EXPECT_TRUE(follows(words, "--connect-timeout", "3"));
    EXPECT_TRUE(follows(words, "--stall-timeout", "4"));
    wanted.run.client.style = s3::addressing::path;
    EXPECT_TRUE(has(arguments_for(wanted, {mode::thread, 1, 2}, {"s", "t", "k"}, "n"), "--path-style"));
}

TEST(sweep_command_line, each_copy_has_a_folder_of_its_own) {
    options wanted = fetch_sweep();
    wanted.sweep.what = sweep_verb::copy;
    wanted.to = {"copies", "x/"};
    const auto words = arguments_for(wanted, {mode::process_async, 1, 2}, {"s.json", "t.csv", ""}, "7");
    EXPECT_EQ(words[2], "s3://copies/x/7/");
    EXPECT_TRUE(follows(words, "--workers", "2"));
    EXPECT_TRUE(follows(words, "--concurrency", "32"));
}

TEST(sweep_command_line, secrets_are_variables_and_options_are_not) {
    options wanted = fetch_sweep();
    wanted.fixed_keys = s3::credentials{"id", "secret", ""};
    const auto variables = variables_for(wanted, {"PATH=/bin", "CONCURRENCY=3", "RESULT_BUCKET_NAME=b",
                                                  "AWS_SECRET_ACCESS_KEY=other", "AWS_SESSION_TOKEN=other"});
    EXPECT_EQ(variables, (std::vector<std::string>{"PATH=/bin", "AWS_ACCESS_KEY_ID=id",
                                                   "AWS_SECRET_ACCESS_KEY=secret"}));
    const auto words = arguments_for(wanted, {mode::thread, 1, 2}, {"s", "t", "k"}, "n");
    EXPECT_FALSE(has(words, "secret"));
    wanted.fixed_keys.reset();
    EXPECT_EQ(variables_for(wanted, {"AWS_PROFILE=p", "MODE=x"}),
              (std::vector<std::string>{"AWS_PROFILE=p"}));
}

TEST(sweep_options, lists_are_in_order_and_without_repetitions) {
    sweep_settings wanted;
    wanted.grid.workers = {4, 1, 4};
    const sweep_settings found = finished(wanted, {"copy", {"thread", "async", "thread"}});
    EXPECT_EQ(found.what, sweep_verb::copy);
    EXPECT_EQ(found.grid.workers, (std::vector<unsigned>{1, 4}));
    EXPECT_EQ(found.grid.modes, (std::vector<mode>{mode::thread, mode::async}));
    EXPECT_THROW((void)finished(wanted, {"put", {}}), example_common::usage_error);
    EXPECT_THROW((void)finished(wanted, {"list", {"magic"}}), example_common::usage_error);
    wanted.pictures = {"a.gif"};
    EXPECT_THROW((void)finished(wanted, {"list", {}}), example_common::usage_error);
}

}  // namespace
}  // namespace s3_program::test

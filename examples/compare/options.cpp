// SPDX-License-Identifier: MIT
#include "options.hpp"

#include "command_line.hpp"
#include "lists.hpp"
#include "plot.hpp"
#include "usage_error.hpp"

#include <CLI/CLI.hpp>

namespace compare {
using namespace example_common;

namespace {

// The command line as it was typed; the lists are read by our own functions, whose sentences are better.
struct raw_options {
    std::string modes = "sequential,thread,process";
    std::string workers = "1,2,4,8";
    std::string cpus = "1,2,4";
    std::string repeat;
    std::string batch;
    std::string loops;
    std::string steps;
    bool no_verify = false;
};

constexpr std::uint64_t most_steps = 1'000'000'000'000;

void add_common(CLI::App& app, options& o, raw_options& raw) {
    app.add_option("--repeat", raw.repeat, "runs of every setting; the median counts (default 3)");
    app.add_flag("--quiet", o.run.quiet, "no progress on stderr");
}

void add_matrix(CLI::App& app, options& o, raw_options& raw) {
    app.add_option("--modes", raw.modes, "some of sequential,thread,process")->capture_default_str();
    app.add_option("--workers", raw.workers, "worker counts, such as 1,2,4,8")->capture_default_str();
    app.add_option("--cpus", raw.cpus, "CPU counts, kept by affinity, such as 1,2,4")->capture_default_str();
    app.add_option("--csv", o.csv, "write one row a measurement to this file");
    app.add_option("--plot", o.plot, "draw the result to this file, .svg or .png (needs gnuplot)");
    app.add_flag("--no-verify", raw.no_verify, "do not compare the results with sequential's");
}

CLI::App* add_hash(CLI::App& app, options& o, raw_options& raw) {
    CLI::App* hash = app.add_subcommand("hash", "SHA-256 of every regular file below some directories");
    hash->add_option("DIR", o.directories, "directories or files (default: /usr/include /usr/share/doc)");
    add_matrix(*hash, o, raw);
    add_common(*hash, o, raw);
    hash->add_option("--batch", raw.batch, "files a task, at most (default 64; 4 MiB also end a task)");
    hash->add_option("--digests", o.digests, "write the last mode's results here, as sha256sum would");
    return hash;
}

CLI::App* add_cpu(CLI::App& app, options& o, raw_options& raw) {
    CLI::App* cpu = app.add_subcommand("cpu", "loops that only compute");
    add_matrix(*cpu, o, raw);
    add_common(*cpu, o, raw);
    cpu->add_option("--loops", raw.loops, "number of loops, each one task (default 10)");
    cpu->add_option("--steps", raw.steps, "steps a loop (default: calibrated, so that sequential takes 3 s)");
    return cpu;
}

CLI::App* add_demo(CLI::App& app, options& o, raw_options& raw) {
    CLI::App* demo = app.add_subcommand("demo", "both workloads, small settings, under two minutes");
    demo->add_option("DIR", o.directories, "what to hash (default: /usr/include /usr/share/doc)");
    demo->add_option("--out", o.out, "where the CSV and the pictures go (default: build/demo, or here)");
    add_common(*demo, o, raw);
    demo->add_option("--steps", raw.steps, "steps a cpu loop (default: calibrated)");
    return demo;
}

void digest(options& o, const raw_options& raw) {
    o.run.modes = parse_modes(raw.modes);
    o.run.workers = parse_counts("--workers", raw.workers, {1, 1024});
    o.run.cpus = parse_counts("--cpus", raw.cpus, {1, 1024});
    o.run.verify = !raw.no_verify;
    o.repeat_given = !raw.repeat.empty();
    if (o.repeat_given) o.run.repeat = static_cast<unsigned>(parse_count("--repeat", raw.repeat, {1, 1000}));
    if (!raw.batch.empty()) o.batch_files = parse_count("--batch", raw.batch, {1, 1'000'000});
    if (!raw.loops.empty()) o.loops = parse_count("--loops", raw.loops, {1, 1'000'000});
    if (!raw.steps.empty()) o.steps = parse_count("--steps", raw.steps, {1, most_steps});
    if (!o.plot.empty()) (void)picture_format_of(o.plot);
}

}  // namespace

parsed read_options(int argc, char** argv) {
    parsed result;
    options& o = result.wanted;
    raw_options raw;
    CLI::App app{"Sequential, threads or processes, and how many workers? Measures it on real work."};
    app.require_subcommand(1);
    CLI::App* hash = add_hash(app, o, raw);
    CLI::App* cpu = add_cpu(app, o, raw);
    add_demo(app, o, raw);
    result.exit_status = parse_command_line(app, argc, argv, "compare", [&] {
        o.what = hash->parsed() ? command::hash : cpu->parsed() ? command::cpu : command::demo;
        digest(o, raw);
    });
    return result;
}

}  // namespace compare

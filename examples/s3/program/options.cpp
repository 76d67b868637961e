// SPDX-License-Identifier: MIT
#include "program/options.hpp"

#include "command_line.hpp"
#include "program/raw_options.hpp"
#include "usage_error.hpp"

#include <CLI/CLI.hpp>

namespace s3_program {
namespace {

using example_common::usage_error;

void add_server(CLI::App& app, options& o, raw_options& raw) {
    app.add_option("--endpoint", raw.endpoint,
                   "such as http://127.0.0.1:9000 (default: AWS_ENDPOINT_URL, then AWS)");
    app.add_option("--region", raw.region,
                   "default: AWS_REGION, then that of the profile in ~/.aws/config, then us-east-1");
    app.add_option("--profile", o.profile,
                   "of the credentials file (default: the environment's keys, AWS_PROFILE)");
    CLI::Option* path = app.add_flag("--path-style", raw.path_style, "the bucket in the path, not in the host's name");
    app.add_flag("--virtual-host", raw.virtual_host, "the bucket in the host's name, whatever the endpoint")
        ->excludes(path);
    app.add_option("--max-attempts", raw.max_attempts, "of one request")
        ->check(CLI::Range(1, 100))
        ->capture_default_str();
    app.add_option("--backoff-ms", raw.first_backoff_ms,
                   "pause before the second attempt, doubled for each further one")
        ->check(CLI::Range(0, 60'000))
        ->capture_default_str();
    app.add_option("--connect-timeout", raw.connect_timeout, "seconds for a connection, before it is tried again")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    app.add_option("--stall-timeout", raw.stall_timeout, "seconds without a byte, before the request is made again")
        ->check(CLI::Range(1, 3600))
        ->capture_default_str();
    app.add_option("--role", o.role, "ARN of a role to take on, once for all workers");
    app.add_flag("--role-per-worker", raw.role_per_worker, "each worker takes on the role by itself");
}

void add_run(CLI::App& app, options& o, raw_options& raw) {
    add_server(app, o, raw);
    app.add_option("--mode", raw.mode,
                   "sequential, thread, process (default), async or process+async [MODE]");
    app.add_option("--workers", raw.workers, "threads or processes (default: as many as CPUs) [CONCURRENCY]");
    app.add_option(
        "--concurrency", raw.concurrency,
        "connections of one thread in async and process+async (default 64) [CONCURRENCY in async]");
    app.add_option("--tag", o.tag, "of the result's name (default: the command) [TAG]");
    app.add_option("--csv", o.csv, "the table of results (default: result_{tag}_{mode}_{n}.csv)");
    app.add_option("--json", o.json, "the summary, for other programs");
    app.add_option("--plot", o.plot, "a picture (.svg, .png) of the objects a second while it runs");
    app.add_flag("--quiet", o.quiet, "no progress on stderr");
}

void add_part_sizes(CLI::App& app, raw_options& raw, std::uint64_t& most, std::uint64_t& size) {
    app.add_flag("--small-parts", raw.small_parts, "allow parts below 5 MiB, which S3 itself refuses");
    app.add_option("--multipart-over", most, "larger objects go part by part, such as 64MiB; 5GiB at most")
        ->transform(CLI::AsSizeValue(false));
    app.add_option("--part-size", size, "size of a part, from 5MiB to 5GiB")
        ->transform(CLI::AsSizeValue(false))
        ->check(CLI::PositiveNumber);
}

void add_target(CLI::App& app, options& o) {
    app.add_flag("--make-bucket", o.make_bucket, "make the bucket that this goes to, unless it is there");
}

void add_list(CLI::App& app, options& o, raw_options& raw) {
    CLI::App* list = app.add_subcommand("list", "read every object of a bucket and count its bytes");
    list->add_option("BUCKET", raw.from, "s3://bucket[/prefix] [BUCKET_NAME]");
    list->add_option("--prefix", o.prefix, "only keys that begin with it");
    list->add_option("--upload", o.upload, "s3://bucket/key: put the CSV there [RESULT_BUCKET_NAME]");
    add_run(*list, o, raw);
}

void add_fetch(CLI::App& app, options& o, raw_options& raw) {
    CLI::App* fetch = app.add_subcommand("fetch", "HEAD, then GET of some keys");
    fetch->add_option("BUCKET", raw.from, "s3://bucket [BUCKET_NAME]");
    fetch->add_option("--keys", o.keys, "one key a line, or the CSV of `list`")->required();
    add_run(*fetch, o, raw);
}

void add_copy(CLI::App& app, options& o, raw_options& raw) {
    CLI::App* copy =
        app.add_subcommand("copy", "copy objects inside the server; what is there already is passed over");
    copy->add_option("FROM", raw.from, "s3://bucket[/folder]")->required();
    copy->add_option("TO", raw.to, "s3://bucket[/folder]")->required();
    copy->add_option("--prefix", o.prefix, "only keys that begin with it, behind the folder: a day, say");
    copy->add_flag("--day-folders", o.day_folders, "to a folder a day, by the day of last modification");
    copy->add_flag(
        "--nested", o.run.nested,
        "a pool of processes over folders, a pool of threads (--concurrency, default 4) over what is inside");
    add_target(*copy, o);
    add_part_sizes(*copy, raw, o.run.parts.single_copy, o.run.parts.copy_part);
    add_run(*copy, o, raw);
}

void add_put(CLI::App& app, options& o, raw_options& raw) {
    CLI::App* put = app.add_subcommand("put", "send files");
    put->add_option("FILES", o.files, "and at the end s3://bucket[/folder]")
        ->required()
        ->expected(2, 1'000'000);
    add_target(*put, o);
    add_part_sizes(*put, raw, o.run.parts.single_put, o.run.parts.put_part);
    add_run(*put, o, raw);
}

void add_sweep(CLI::App& app, options& o, raw_options& raw) {
    CLI::App* sweep = app.add_subcommand(
        "sweep", "modes x workers x CPUs: runs the program itself in each setting, and makes tables of it");
    add_sweep_options(*sweep, o.sweep, raw.sweep);
    sweep->add_option("BUCKET", raw.from, "s3://bucket[/prefix] [BUCKET_NAME]");
    sweep->add_option("--prefix", o.prefix, "only keys that begin with it");
    sweep->add_option("--keys", o.keys, "fetch: these keys instead of the first that are listed");
    sweep->add_option("--to", raw.to, "copy: s3://bucket[/folder]; each run makes a folder of its own there");
    sweep->add_option("--csv", o.csv, "a record for each run");
    sweep->add_option("--json", o.json, "all of it, for other programs");
    sweep->add_flag("--quiet", o.quiet, "no progress on stderr");
    add_server(*sweep, o, raw);
}

void add_fanout(CLI::App& app, options& o, raw_options& raw) {
    CLI::App* fanout = app.add_subcommand(
        "fanout", "a message an object through SNS and SQS to functions of a local Lambda, which copy them");
    fanout->add_option("FROM", raw.from, "s3://bucket[/folder]")->required();
    fanout->add_option("TO", raw.to, "s3://bucket[/folder]")->required();
    fanout->add_option("--function", o.fanout.function, "directory of the unpacked function: bootstrap is in it")
        ->required()
        ->check(CLI::ExistingDirectory);
    fanout->add_option("--sandbox", o.fanout.sandbox, "start its environments in this: tests/lambda/sandbox")
        ->check(CLI::ExistingFile);
    fanout->add_option("--publishers", o.fanout.publishers, "processes")->check(CLI::Range(1, 256))->capture_default_str();
    fanout->add_option("--concurrency", o.fanout.concurrency, "execution environments at most")
        ->check(CLI::Range(1, 1'000))->capture_default_str();
    fanout->add_option("--at-once", o.fanout.at_once,
                       "messages in delivery (default: twice the concurrency, so that some are throttled)")
        ->check(CLI::Range(1, 1'000));
    fanout->add_option("--poison", o.fanout.poison, "so many messages besides that no function understands")
        ->check(CLI::Range(0, 1'000'000));
    fanout->add_option("--timeout-ms", o.fanout.timeout_ms, "of an invocation")
        ->check(CLI::Range(1, 900'000))->capture_default_str();
    fanout->add_option("--patience", o.fanout.patience, "seconds without a message after which none is waited for")
        ->check(CLI::Range(1, 900))->capture_default_str();
    fanout->add_option("--json", o.json, "the summary, for other programs");
    add_target(*fanout, o);
    add_server(*fanout, o, raw);
}

void add_demo(CLI::App& app, options& o) {
    CLI::App* demo = app.add_subcommand("demo", "all of it on a server of its own: no account needed");
    demo->add_option("--objects", o.demo_objects, "in the made bucket")
        ->check(CLI::Range(30, 1'000'000))
        ->capture_default_str();
    demo->add_option("--latency-ms", o.demo_latency_ms, "of the server")
        ->check(CLI::Range(0, 10'000))
        ->capture_default_str();
    demo->add_option("--out", o.demo_out, "keep the tables and pictures of the sweeps in this directory");
    demo->add_flag("--quiet", o.quiet, "no progress on stderr");
}

command command_of(const CLI::App& app) {
    if (app.get_subcommands().empty()) throw usage_error("no command: give list, fetch, copy, put, sweep, fanout or demo");
    const std::string name = app.get_subcommands().front()->get_name();
    for (const command what :
         {command::list, command::fetch, command::copy, command::put, command::sweep, command::fanout, command::serve}) {
        if (name == name_of(what)) return what;
    }
    return command::demo;
}

}  // namespace

const char* name_of(command what) noexcept {
    switch (what) {
        case command::list:
            return "list";
        case command::fetch:
            return "fetch";
        case command::copy:
            return "copy";
        case command::put:
            return "put";
        case command::sweep:
            return "sweep";
        case command::fanout:
            return "fanout";
        case command::serve:
            return "serve";
        case command::demo:
            break;
    }
    return "demo";
}

parsed read_options(int argc, const char* const* argv) {
    parsed result;
    options& o = result.wanted;
    raw_options raw;
    CLI::App app{
        "Lists, reads, copies and fills S3 buckets: one by one, with threads, with processes, with many\n"
        "connections on one thread, or with both. Credentials come from the environment or a profile."};
    app.require_subcommand(0, 1);  // so that a word that is no command is named
    add_list(app, o, raw);
    add_fetch(app, o, raw);
    add_copy(app, o, raw);
    add_put(app, o, raw);
    add_sweep(app, o, raw);
    add_fanout(app, o, raw);
    add_demo(app, o);
    add_serve(app, raw.serve);
    result.exit_status = example_common::parse_command_line(app, argc, argv, "penstock-s3", [&] {
        o.what = command_of(app);
        digest(o, raw);
    });
    return result;
}

}  // namespace s3_program

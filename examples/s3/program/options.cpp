// SPDX-License-Identifier: MIT
#include "program/options.hpp"

#include "client/endpoint.hpp"
#include "command_line.hpp"
#include "program/credentials_of.hpp"
#include "program/job_sources.hpp"
#include "program/output_names.hpp"
#include "program/result_file.hpp"
#include "program/serve_options.hpp"
#include "program/sweep/plot.hpp"
#include "program/sweep/sweep_options.hpp"
#include "usage_error.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace s3_program {
namespace {

using example_common::usage_error;

std::int64_t seconds_of(std::chrono::milliseconds time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

// The command line as it was typed; what is empty was not.
struct raw_options {
    std::string mode;
    std::string workers;
    std::string concurrency;
    std::string from;
    std::string to;
    std::string endpoint;
    std::string region;
    bool path_style = false;
    bool virtual_host = false;
    bool small_parts = false;
    bool role_per_worker = false;
    int max_attempts = 5;
    std::int64_t first_backoff_ms = 100;
    std::int64_t connect_timeout = seconds_of(s3::client_settings().connect_timeout);
    std::int64_t stall_timeout = seconds_of(s3::client_settings().stall_timeout);
    sweep_line sweep;
    serve_line serve;
};

constexpr unsigned most_workers = 1024;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

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

unsigned count_of(const char* what, const std::string& text, unsigned most) {
    std::size_t read = 0;
    unsigned long value = 0;
    try {
        value = std::stoul(text, &read);
    } catch (const std::exception&) {
    }
    const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
    if (!digits || read == 0 || value == 0 || value > most) {
        throw usage_error(std::string(what) + ": \"" + text + "\" is no number from 1 to " +
                          std::to_string(most));
    }
    return static_cast<unsigned>(value);
}

mode mode_of(const std::string& where, const std::string& word) {
    try {
        return parse_mode(word);
    } catch (const usage_error& problem) {
        throw usage_error(where + ": " + problem.what());
    }
}

void digest_mode(options& o, const raw_options& raw) {
    const bool typed = !raw.mode.empty();
    const std::string word = typed ? raw.mode : variable("MODE");
    if (!word.empty()) o.run.how = mode_of(typed ? "--mode" : "MODE", word);
    if (o.run.nested && o.run.how != mode::process) throw usage_error("--nested needs --mode process");
    const bool inside = uses_concurrency(o.run.how) || o.run.nested;
    if (!raw.workers.empty() && !uses_workers(o.run.how)) {
        throw usage_error("--workers: mode " + std::string(name_of(o.run.how)) + " has none");
    }
    if (!raw.concurrency.empty() && !inside) {
        throw usage_error("--concurrency: mode " + std::string(name_of(o.run.how)) +
                          " has one connection a worker");
    }
    if (o.run.nested) o.run.concurrency = 4;
    const std::string from_environment = variable("CONCURRENCY");
    const std::string workers = !raw.workers.empty() ? raw.workers : from_environment;
    const std::string connections =
        !raw.concurrency.empty() || uses_workers(o.run.how) ? raw.concurrency : from_environment;
    if (!workers.empty() && uses_workers(o.run.how))
        o.run.workers = count_of(raw.workers.empty() ? "CONCURRENCY" : "--workers", workers, most_workers);
    if (!connections.empty() && inside) {
        const char* where = raw.concurrency.empty() ? "CONCURRENCY" : "--concurrency";
        o.run.concurrency = count_of(where, connections, 65'536);
    }
}

void check_endpoints(const s3::client_settings& settings) {
    try {
        (void)s3::place_of(settings, settings.region, "bucket", "key");
        (void)s3::place_of_sts(settings);
    } catch (const std::invalid_argument& problem) {
        throw usage_error(problem.what());
    }
}

// S3 has these limits; other servers may have none.
void check_part_size(const options& o, const raw_options& raw) {
    constexpr std::uint64_t least = std::uint64_t{5} << 20U;
    constexpr std::uint64_t most = std::uint64_t{5} << 30U;
    const part_limits& parts = o.run.parts;
    if (std::max(parts.single_copy, parts.single_put) > most)
        throw usage_error("--multipart-over: S3 takes 5 GiB at most in one piece, whether sent or copied");
    const std::uint64_t size = o.what == command::copy ? parts.copy_part : parts.put_part;
    if (size > most) throw usage_error("--part-size: a part of S3 has 5 GiB at most");
    if (size < least && !raw.small_parts)
        throw usage_error("--part-size: a part of S3 has 5 MiB at least; --small-parts allows less");
}

void digest_server(options& o, const raw_options& raw) {
    o.run.client = s3::settings_from_environment(variables_with(o.profile));
    if (!raw.endpoint.empty()) o.run.client.endpoint = raw.endpoint;
    if (!raw.endpoint.empty()) o.run.client.sts_endpoint.clear();
    if (!raw.region.empty()) o.run.client.region = raw.region;
    if (raw.path_style) o.run.client.style = s3::addressing::path;
    if (raw.virtual_host) o.run.client.style = s3::addressing::virtual_host;
    check_endpoints(o.run.client);
    o.run.client.max_attempts = raw.max_attempts;
    o.run.client.first_backoff = std::chrono::milliseconds(raw.first_backoff_ms);
    o.run.client.connect_timeout = std::chrono::seconds(raw.connect_timeout);
    o.run.client.stall_timeout = std::chrono::seconds(raw.stall_timeout);
    if (raw.role_per_worker && o.role.empty()) throw usage_error("--role-per-worker needs --role");
    if (raw.role_per_worker) o.run.worker_role = std::exchange(o.role, {});
}

void refuse_copy_into_itself(const options& o) {
    const std::string from = o.from.key + o.prefix;
    if (o.from.bucket != o.to.bucket || (!o.to.key.starts_with(from) && !from.starts_with(o.to.key))) return;
    throw usage_error("the copies would lie among what is to be copied: " + text_of(o.from) + ", " +
                      text_of(o.to));
}

void digest_addresses(options& o, raw_options& raw) {
    if (o.what == command::put) {
        raw.to = o.files.back();
        o.files.pop_back();
        refuse_same_names(o.files);
    }
    const bool reads = o.what == command::list || o.what == command::fetch || o.what == command::sweep;
    if (raw.from.empty() && reads && !variable("BUCKET_NAME").empty())
        raw.from = "s3://" + variable("BUCKET_NAME");
    if (raw.from.empty() && reads) throw usage_error("no bucket: give s3://bucket, or set BUCKET_NAME");
    if (!raw.from.empty()) o.from = parse_s3_url(raw.from);
    if (!raw.to.empty()) o.to = parse_s3_url(raw.to);
    o.to.key = folder(o.to.key);
    const bool copies =
        o.what == command::copy || o.what == command::fanout || (o.what == command::sweep && o.sweep.what == sweep_verb::copy);
    if (copies) o.from.key = folder(o.from.key);
    if (copies) refuse_copy_into_itself(o);
    if (!o.upload.empty() && parse_s3_url(o.upload).key.empty())
        throw usage_error("--upload: s3://bucket/key is needed");
}

void digest_names(options& o) {
    if (o.tag.empty()) o.tag = variable("TAG");
    if (o.tag.empty()) o.tag = name_of(o.what);
    if (!o.plot.empty()) check_picture_name(o.plot);
    if (o.csv.empty()) o.csv = default_result_name(o.tag, name_of(o.run.how), parallelism_text(o.run));
    const std::string bucket = variable("RESULT_BUCKET_NAME");
    if (o.what == command::list && o.upload.empty() && !bucket.empty()) {
        o.upload = "s3://" + bucket + "/" + o.csv.substr(o.csv.rfind('/') + 1);
    }
}

void digest_sweep(options& o, raw_options& raw) {
    o.sweep = finished(o.sweep, raw.sweep);
    const bool copies = o.sweep.what == sweep_verb::copy;
    if (copies == raw.to.empty()) throw usage_error("--to goes with --verb copy, and is needed there");
    if (!o.keys.empty() && o.sweep.what != sweep_verb::fetch) throw usage_error("--keys needs --verb fetch");
}

void digest(options& o, raw_options& raw) {
    if (o.what == command::serve) o.serve = finished(raw.serve);
    if (o.what == command::serve || o.what == command::demo) return;
    if (o.what == command::sweep) digest_sweep(o, raw);
    if (o.what != command::sweep && o.what != command::fanout) digest_mode(o, raw);
    digest_server(o, raw);
    digest_addresses(o, raw);
    if (o.what == command::sweep || o.what == command::fanout) return;
    digest_names(o);
    check_part_size(o, raw);
    check_output_names(o.csv, o.json, o.plot);
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

// SPDX-License-Identifier: MIT
// What was typed, checked and made into options.
#include "client/endpoint.hpp"
#include "program/credentials_of.hpp"
#include "program/job_sources.hpp"
#include "program/output_names.hpp"
#include "program/raw_options.hpp"
#include "program/result_file.hpp"
#include "program/sweep/plot.hpp"
#include "usage_error.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace s3_program {
namespace {

using example_common::usage_error;

constexpr unsigned most_workers = 1024;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
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

}  // namespace

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

}  // namespace s3_program

// SPDX-License-Identifier: MIT
#include "program/serve_options.hpp"

#include <utility>

namespace s3_program {

void add_serve(CLI::App& app, serve_line& line) {
    CLI::App* serve = app.add_subcommand("serve", "a small S3 server on 127.0.0.1, for demos and tests");
    serve->group("");  // not among the commands that --help shows
    auto& server = line.serve.server;
    server.threads = 2;
    serve->add_option("--port", server.port, "0: a free one");
    serve->add_option("--threads", server.threads);
    serve->add_option("--latency-ms", line.latency_ms, "each answer begins so much later");
    serve->add_option("--region", server.region);
    serve->add_option("--role-lifetime", line.role_lifetime, "seconds; 0: as asked");
    serve->add_option("--fault", server.faults, "see server/fault.hpp; may come several times");
    serve->add_option("--bucket", line.bucket.name);
    serve->add_option("--objects", line.bucket.objects);
    serve->add_option("--bytes", line.bucket.bytes, "of all objects together");
    serve->add_option("--days", line.bucket.days, "folders; 0: none");
    serve->add_option("--skew", line.bucket.skew);
    serve->add_option("--seed", line.bucket.seed);
    serve->add_flag("--plain-keys", line.plain_keys, "no odd keys");
    serve->add_flag("--large-object", line.large_object, "one object large/5GiB.bin besides");
    serve->add_flag("--etags-first", server.etags_first, "compute all ETags at the start");
    serve->add_flag("--keep-running", line.keep_running, "do not end with standard input");
}

s3_server::serve_options finished(const serve_line& line) {
    s3_server::serve_options wanted = line.serve;
    s3_server::bucket_recipe bucket = line.bucket;
    bucket.odd_keys = !line.plain_keys;
    if (line.large_object) bucket.extra.push_back({"large/5GiB.bin", std::uint64_t{5} << 30U});
    wanted.server.buckets = {std::move(bucket)};
    wanted.server.latency = std::chrono::milliseconds{line.latency_ms};
    wanted.server.role_lifetime = std::chrono::seconds{line.role_lifetime};
    wanted.until_stdin_ends = !line.keep_running;
    return wanted;
}

}  // namespace s3_program

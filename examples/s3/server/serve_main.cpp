// SPDX-License-Identifier: MIT
// s3_serve: the server alone, to try a client by hand.
#include "server/serve.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>

namespace {

struct command_line {
    s3_server::serve_options serve;
    s3_server::bucket_recipe bucket;
    std::int64_t latency_ms = 0;
    std::int64_t role_lifetime = 0;
    bool large_object = false;
    bool plain_keys = false;
    bool keep_running = false;
};

void add_options(CLI::App& app, command_line& line) {
    auto& server = line.serve.server;
    app.add_option("--port", server.port, "0: a free one");
    app.add_option("--threads", server.threads);
    app.add_option("--latency-ms", line.latency_ms, "Each answer begins so much later");
    app.add_option("--region", server.region);
    app.add_option("--role-lifetime", line.role_lifetime, "Seconds; 0: as asked");
    app.add_option("--fault", server.faults, "As in fault.hpp; may come several times");
    app.add_option("--bucket", line.bucket.name);
    app.add_option("--objects", line.bucket.objects);
    app.add_option("--bytes", line.bucket.bytes, "All objects together");
    app.add_option("--skew", line.bucket.skew);
    app.add_option("--seed", line.bucket.seed);
    app.add_flag("--plain-keys", line.plain_keys, "No odd keys");
    app.add_flag("--large-object", line.large_object, "One object large/5GiB.bin besides");
    app.add_flag("--etags-first", server.etags_first, "Compute all ETags at the start");
    app.add_flag("--keep-running", line.keep_running, "Do not end with standard input");
}

s3_server::serve_options finished(command_line& line) {
    line.bucket.odd_keys = !line.plain_keys;
    if (line.large_object) line.bucket.extra.push_back({"large/5GiB.bin", std::uint64_t{5} << 30U});
    line.serve.server.buckets = {line.bucket};
    line.serve.server.latency = std::chrono::milliseconds{line.latency_ms};
    line.serve.server.role_lifetime = std::chrono::seconds{line.role_lifetime};
    line.serve.until_stdin_ends = !line.keep_running;
    return line.serve;
}

}  // namespace

int main(int argc, char** argv) try {
    CLI::App app{"A small S3 server on 127.0.0.1 for demos and tests"};
    command_line line;
    line.serve.server.threads = 2;
    add_options(app, line);
    CLI11_PARSE(app, argc, argv);
    return s3_server::serve(finished(line));
} catch (const std::exception& error) {
    std::fprintf(stderr, "s3_serve: %s\n", error.what());
    return 1;
}

// SPDX-License-Identifier: MIT
// What the command line and the environment ask for. A plain value; read_options is called once, from main().
#pragma once

#include "client/credentials.hpp"
#include "program/fanout/settings.hpp"
#include "program/run.hpp"
#include "program/s3_url.hpp"
#include "program/sweep/settings.hpp"
#include "server/serve.hpp"

#include <optional>
#include <string>
#include <vector>

namespace s3_program {

enum class command { list, fetch, copy, put, sweep, fanout, serve, demo };

struct options {
    command what = command::list;
    run_settings run;
    std::optional<s3::credentials> fixed_keys;  // of the demo's server; the command line has none
    std::string profile;                        // empty: AWS_PROFILE, or the default one
    std::string role;                // of one AssumeRole in this process; run.worker_role is the other kind
    std::string tag;                 // of the result's name
    std::string csv;                 // empty: result_{tag}_{mode}_{n}.csv
    std::string json;                // empty: none
    std::string upload;              // list: where the CSV goes besides; empty: nowhere
    bool quiet = false;              // no progress
    bool histogram = true;           // of sizes, before the run
    s3_url from;                     // list, fetch, copy
    s3_url to;                       // copy, put
    std::string prefix;              // list, copy: only keys that begin with it, below `from`
    bool day_folders = false;        // copy
    bool make_bucket = false;        // copy, put
    std::string keys;                // fetch: the file
    std::vector<std::string> files;  // put
    std::string plot;                // a picture of X over the run; empty: none
    sweep_settings sweep;
    fanout_settings fanout;
    s3_server::serve_options serve;
    std::uint64_t demo_objects = 300;
    unsigned demo_latency_ms = 5;
    std::string demo_out;  // where its tables and pictures are kept; empty: nowhere
};

// The options, or the status to end with at once: 0 after --help, 2 after a mistake that has been explained
// on stderr.
struct parsed {
    options wanted;
    std::optional<int> exit_status;
};
[[nodiscard]] parsed read_options(int argc, const char* const* argv);

[[nodiscard]] const char* name_of(command what) noexcept;

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// The hidden command `serve`: the loopback server of demos and tests. Main thread.
#pragma once

#include "server/serve.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>

namespace s3_program {

// As typed.
struct serve_line {
    s3_server::serve_options serve;
    s3_server::bucket_recipe bucket;
    std::int64_t latency_ms = 0;
    std::int64_t role_lifetime = 0;
    bool large_object = false;
    bool plain_keys = false;
    bool keep_running = false;
};

void add_serve(CLI::App& app, serve_line& line);

[[nodiscard]] s3_server::serve_options finished(const serve_line& line);

}  // namespace s3_program

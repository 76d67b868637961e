// SPDX-License-Identifier: MIT
// The command line of penstock-s3 as it was typed, and what becomes of it.
#pragma once

#include "program/options.hpp"
#include "program/serve_options.hpp"
#include "program/sweep/sweep_options.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace s3_program {

inline std::int64_t seconds_of(std::chrono::milliseconds time) {
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

// With `o.what` known: what was typed, and what the environment says where nothing was, into `o`. Throws
// example_common::usage_error where that makes no sense.
void digest(options& o, raw_options& raw);

}  // namespace s3_program

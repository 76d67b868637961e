// SPDX-License-Identifier: MIT
// What `fanout` is told besides its two buckets. A plain value.
#pragma once

#include <chrono>
#include <string>

namespace s3_program {

struct fanout_settings {
    std::string function;          // directory of the unpacked function
    std::string sandbox;           // the script that its bootstraps run in; empty: none
    unsigned publishers = 4;       // processes
    unsigned concurrency = 4;      // execution environments at most: Little's N
    unsigned at_once = 0;          // messages in delivery; 0: twice the concurrency
    unsigned poison = 0;           // messages that no function understands, besides
    unsigned timeout_ms = 30'000;  // of an invocation
    unsigned patience = 60;        // seconds without a message after which none is waited for
};

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// What a fan-out came to, for people and for other programs. Little's law is in it: of X invocations a second that take R
// seconds each, X * R are under way at a time, and that is at most the N that the concurrency allows. Pure, any thread.
#pragma once

#include "local/function.hpp"
#include "program/fanout/delivery.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace s3_program {

struct fanout_result {
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0;
    std::uint64_t poison = 0;
    std::uint64_t published = 0;
    double publish_seconds = 0;
    unsigned concurrency = 0;
    delivered messages;
    lambda_local::function_counters function;
    std::uint64_t verified = 0;         // copies that are there with the source's size and ETag
    std::vector<std::string> problems;  // of copies and lost messages, one sentence each
    double modified_spread = 0;         // max - min LastModified of the copies, in whole seconds
};

[[nodiscard]] std::string text_of(const fanout_result& result);
[[nodiscard]] std::string json_of(const fanout_result& result);

}  // namespace s3_program

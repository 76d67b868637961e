// SPDX-License-Identifier: MIT
// What a function does with an event: it runs in the bootstrap's main thread, gives the work to the pool and answers
// with JSON. What it throws becomes the invocation's error. The pool is the same in every invocation.
#pragma once

#include "runtime/invocation.hpp"

#include <penstock/penstock.hpp>

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace lambda {

struct surroundings {
    penstock::process_pool& pool;
    const invocation& call;
    // Tasks end before Lambda's deadline, so that there is time left to say so.
    std::chrono::system_clock::time_point stop_at;
};

using handler = nlohmann::json (*)(const nlohmann::json& event, const surroundings& around);

// {"mode": "sequential" | "process" | "fresh", "loops": 10, "steps": 100000000}: loops of arithmetic, one after another
// in one worker, over the pool, or over a pool that is made for this invocation.
nlohmann::json cpu(const nlohmann::json& event, const surroundings& around);
// An SNS event, each of whose messages is {"from": "s3://bucket/key", "to": "s3://bucket/key"}, with "size", "etag" and
// "modified" of the source when they are known: copies these objects inside the server and verifies the copies. What is
// there already is passed over, because SNS delivers at least once.
nlohmann::json s3copy(const nlohmann::json& event, const surroundings& around);
// {"bucket": "...", "keys": [...]}: HEAD, then GET of each; counts the bytes.
nlohmann::json fetch(const nlohmann::json& event, const surroundings& around);
// {"times": n}: the event, n times over. For trying a deployment out, and what is too large.
nlohmann::json echo(const nlohmann::json& event, const surroundings& around);

// The one that the variable _HANDLER names. Throws std::invalid_argument, which lists them all.
[[nodiscard]] handler handler_named(const std::string& name);

}  // namespace lambda

// SPDX-License-Identifier: MIT
// What Lambda does with the messages of a topic, on this machine: takes each from a queue, invokes the function with it,
// waits and tries again when that is throttled, tries an error twice more, and then lets the message go.
#pragma once

#include "client/credential_source.hpp"
#include "local/function.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace s3_program {

struct delivered {
    std::uint64_t arrived = 0;     // different messages
    std::uint64_t duplicates = 0;  // the same ones again
    std::uint64_t done = 0;
    std::uint64_t retries = 0;  // after an error of the function
    std::uint64_t throttles = 0;
    std::vector<double> seconds;        // of each invocation, failed ones too
    std::vector<std::string> failures;  // one sentence a message
    double elapsed = 0;                 // from the first message to the end of the last
};

class delivery {
public:
    struct queue {
        s3::client_settings settings;
        s3::credentials keys;
        std::string url;
    };

    // All must outlive it.
    delivery(queue from, lambda_local::function& to);

    // Delivers until so many different messages are settled; several threads may do so together. Returns early after
    // Ctrl-C, after stop(), and when nothing has come for so long: what came is in the result. Throws s3_error.
    void run(std::uint64_t expected, std::chrono::seconds patience);
    // Nobody waits for another message. Any thread.
    void stop() noexcept { stopped_ = true; }
    // When nobody delivers any longer.
    [[nodiscard]] delivered result() const;

private:
    void deliver(const std::string& envelope);
    [[nodiscard]] lambda_local::invocation_result invoke(const std::string& event);
    [[nodiscard]] bool is_new(const std::string& id);
    void settle(const std::string& id, const lambda_local::invocation_result& result);

    queue from_;
    lambda_local::function& to_;
    std::atomic<bool> stopped_ = false;
    mutable std::mutex mutex_;
    std::set<std::string> seen_;
    delivered counted_;
    std::uint64_t settled_ = 0;
    std::chrono::steady_clock::time_point first_;
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace s3_program

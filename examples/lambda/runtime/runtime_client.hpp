// SPDX-License-Identifier: MIT
// The runtime's side of Lambda's Runtime API (2018-06-01), over one kept connection. One thread. Throws
// std::runtime_error where the API cannot be reached or says that the environment is beyond repair: the process should
// then end, and Lambda starts another. What it merely refuses is returned.
#pragma once

#include "runtime/failure.hpp"
#include "runtime/invocation.hpp"
#include "runtime/stop_signal.hpp"

#include <memory>
#include <optional>
#include <string>

namespace lambda {

// What Lambda takes as the answer of one invocation.
inline constexpr std::size_t most_response_bytes = 6U << 20U;

struct receipt {
    int status = 0;  // of HTTP: 202 when it was taken
    std::string body;

    [[nodiscard]] bool taken() const noexcept { return status / 100 == 2; }
};

class runtime_client {
public:
    // `address` is what AWS_LAMBDA_RUNTIME_API says: HOST:PORT. `stop` must outlive the client.
    runtime_client(const std::string& address, const stop_signal& stop);
    ~runtime_client();
    runtime_client(const runtime_client&) = delete;
    runtime_client& operator=(const runtime_client&) = delete;

    // Waits for the next event, however long that takes: the environment is frozen meanwhile. Nothing after a stop.
    // An event without a request id is beyond repair; what else is wrong with one is in its `problem`.
    [[nodiscard]] std::optional<invocation> next();
    // Refused here, as an error of the invocation, when it is larger than Lambda takes.
    receipt respond(const std::string& id, const std::string& body);
    receipt report(const std::string& id, const failure& what);
    receipt report_init(const failure& what);

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace lambda

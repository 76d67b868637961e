// SPDX-License-Identifier: MIT
// One HTTP request and what came of it, as transports see them. Plain values, one thread at a time.
#pragma once

#include "client/byte_source.hpp"

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace s3 {

using header_list = std::vector<std::pair<std::string, std::string>>;

// The value of the first header of that name, whatever its case; empty without one.
[[nodiscard]] std::string_view header(const header_list& headers, std::string_view name);

// How an exchange broke, when it did. Statuses such as 404 are answers, not failures.
enum class http_failure {
    none,
    connection,   // no connection, or it was reset
    stale,        // a kept connection turned out to be closed before the answer began
    truncated,    // the body ended early
    stalled,      // no byte for too long
    certificate,  // the server's certificate is not to be trusted
    stopped,      // the stop check said so
    sink,         // the caller's sink or source threw: see http_response::error
    other
};

struct http_response {
    int status = 0;
    header_list headers;
    std::string body;  // what was not given to a sink
    http_failure failure = http_failure::none;
    std::string failure_text;
    // The body went out more than once: libcurl repeats by itself what a kept connection lost before the answer began.
    bool resent = false;
    std::exception_ptr error;
};

struct http_request {
    std::string method = "GET";
    std::string url;
    header_list headers;
    byte_source body;
    // Gets the body of a 2xx answer piece by piece; other bodies are collected. May throw, which ends the exchange.
    std::function<void(const http_response& head, std::span<const std::byte>)> sink;
    // Called when the request leaves the queue: signatures age.
    std::function<void(http_request&)> before_send;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds stall_timeout{30'000};
    std::string ca_bundle;  // a file of certificates to trust; empty: the system's
    // Puts away what a failed operation left behind: sent after a stop, too, and given a few seconds.
    bool cleanup = false;
};

}  // namespace s3

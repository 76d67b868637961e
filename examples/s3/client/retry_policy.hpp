// SPDX-License-Identifier: MIT
// Whether an attempt that went wrong is worth another one, and after how long. Decides only; waits for nothing. One
// object for one operation, one thread at a time.
#pragma once

#include "client/client_settings.hpp"
#include "client/http.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace s3 {

struct attempt {
    int status = 0;
    std::string code;  // of the error, when the answer holds one
    http_failure failure = http_failure::none;
    std::optional<std::chrono::milliseconds> retry_after;
};

// The number of seconds in a Retry-After header, when it is one. (Dates are allowed there, but S3 sends seconds.)
[[nodiscard]] std::optional<std::chrono::milliseconds> retry_after(const header_list& headers);

// Whether repeating may help: overload, the server's own errors, lost connections. Never for refusals.
[[nodiscard]] bool worth_repeating(const attempt& ended);

class retry_policy {
public:
    using random = std::function<double()>;  // from [0, 1)

    // Without `chance` it draws for itself.
    explicit retry_policy(const client_settings& settings, random chance = {});

    // How long to wait before the next attempt, or nothing when there shall be none. The k-th wait is drawn from
    // [0, first_backoff * 2^k), at most longest_backoff; Retry-After is the least wait, up to the same bound. A kept
    // connection that the server had closed meanwhile costs no attempt.
    [[nodiscard]] std::optional<std::chrono::milliseconds> wait_after(const attempt& ended);

    [[nodiscard]] int attempts() const noexcept { return attempts_; }

private:
    [[nodiscard]] std::chrono::milliseconds drawn_wait() const;

    int max_attempts_;
    std::chrono::milliseconds first_;
    std::chrono::milliseconds longest_;
    random chance_;
    int attempts_ = 0;
    int stale_ = 0;
};

}  // namespace s3

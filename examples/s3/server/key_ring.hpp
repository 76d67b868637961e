// SPDX-License-Identifier: MIT
// The keys that requests may be signed with: the one of the options and the temporary ones that AssumeRole gave out.
// Any thread.
#pragma once

#include "server/text.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace s3_server {

struct access_key {
    std::string id;
    std::string secret;
    std::string session_token;
    std::optional<time_point> expires;  // None: never.
};

class key_ring {
public:
    explicit key_ring(access_key permanent);

    [[nodiscard]] std::optional<access_key> find(std::string_view id) const;
    [[nodiscard]] access_key make_temporary(time_point expires);
    void expire_temporary(time_point now);

private:
    mutable std::mutex mutex_;
    std::map<std::string, access_key, std::less<>> keys_;
    std::uint64_t made_ = 0;
};

}  // namespace s3_server

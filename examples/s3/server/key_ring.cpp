// SPDX-License-Identifier: MIT
#include "server/key_ring.hpp"

#include "server/digest.hpp"

#include <algorithm>
#include <cctype>

namespace s3_server {
namespace {

std::string upper_hex(std::string_view bytes) {
    std::string digits = lower_hex(bytes);
    std::transform(digits.begin(), digits.end(), digits.begin(),
                   [](unsigned char digit) { return static_cast<char>(std::toupper(digit)); });
    return digits;
}

}  // namespace

key_ring::key_ring(access_key permanent) { keys_.emplace(permanent.id, permanent); }

std::optional<access_key> key_ring::find(std::string_view id) const {
    const std::scoped_lock lock(mutex_);
    const auto found = keys_.find(id);
    if (found == keys_.end()) return std::nullopt;
    return found->second;
}

access_key key_ring::make_temporary(time_point expires) {
    const std::scoped_lock lock(mutex_);
    const std::string number = std::to_string(++made_);
    access_key key;
    key.id = "ASIA" + upper_hex(sha256("id " + number)).substr(0, 16);
    key.secret = base64(sha256("secret " + number)).substr(0, 40);
    key.session_token = base64(sha256("token " + number) + sha256("token's rest " + number));
    key.expires = expires;
    keys_.emplace(key.id, key);
    return key;
}

void key_ring::expire_temporary(time_point now) {
    const std::scoped_lock lock(mutex_);
    for (auto& [id, key] : keys_) {
        if (key.expires) key.expires = std::min(*key.expires, now);
    }
}

}  // namespace s3_server

// SPDX-License-Identifier: MIT
// SHA-256, HMAC-SHA256 and MD5 by OpenSSL. Any thread; throws std::runtime_error when OpenSSL offers them not.
#pragma once

#include "client/byte_source.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace s3 {

using digest = std::array<unsigned char, 32>;

[[nodiscard]] digest sha256(std::string_view text);
[[nodiscard]] digest hmac_sha256(std::string_view key, std::string_view text);

[[nodiscard]] std::string sha256_hex(std::string_view text);
// Of a body, read in pieces. Throws what the source throws, and std::runtime_error when it ends early.
[[nodiscard]] std::string sha256_hex(const byte_source& body);

// For comparing ETags, nothing else. Nothing when OpenSSL is set up without it.
[[nodiscard]] std::optional<std::string> md5_hex(std::string_view text);

}  // namespace s3

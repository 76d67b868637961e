// SPDX-License-Identifier: MIT
// The values of the Range and the x-amz-copy-source-range header. Pure, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace s3_server {

struct byte_run {
    std::uint64_t first = 0;
    std::uint64_t size = 0;
};

// "bytes=1-5", "bytes=7-" and "bytes=-3" within an object of `size` bytes. None when the value is of another form,
// which a server ignores. Throws `refusal` (InvalidRange) when the object has none of these bytes.
[[nodiscard]] std::optional<byte_run> parse_range(std::string_view value, std::uint64_t size);

}  // namespace s3_server

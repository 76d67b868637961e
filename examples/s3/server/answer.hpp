// SPDX-License-Identifier: MIT
// What is sent back: status, headers and a body, which is a text or a run of an object's bytes. A plain value.
#pragma once

#include "server/content.hpp"
#include "server/fault.hpp"
#include "server/request.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace s3_server {

struct answer {
    unsigned status = 200;
    std::vector<header> headers;  // Without Content-Length, Date and Connection.
    std::string text;
    content_slice bytes;          // Sent after the text; an empty slice is the usual case.
    bool without_body = false;    // HEAD: the length is told, the body is not sent.
    std::optional<fault> played;  // For the connection: what it does instead of sending all at once.

    [[nodiscard]] std::uint64_t length() const { return text.size() + bytes.size; }
};

}  // namespace s3_server

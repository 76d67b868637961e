// SPDX-License-Identifier: MIT
// The first lines of an answer, as they are sent. Any thread.
#pragma once

#include "server/answer.hpp"

#include <string>

namespace s3_server {

// Status line, headers, Content-Length, Date and the empty line.
[[nodiscard]] std::string message_head(const answer& of, bool keep_alive);

}  // namespace s3_server

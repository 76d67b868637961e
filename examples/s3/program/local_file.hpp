// SPDX-License-Identifier: MIT
// A local file as the body of a request, read piece by piece. Any thread, one at a time.
#pragma once

#include "client/byte_source.hpp"

#include <string>

namespace s3_program {

// Keeps the file open while a copy of the source lives. Throws std::runtime_error, which names the file, when
// it cannot be read or is no regular file: a FIFO, say, which is not waited for.
[[nodiscard]] s3::byte_source read_file(const std::string& name);

}  // namespace s3_program

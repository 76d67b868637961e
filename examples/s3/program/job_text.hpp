// SPDX-License-Identifier: MIT
// A job as messages name it. Pure, any thread.
#pragma once

#include "program/job.hpp"

#include <string>

namespace s3_program {

// The operation and the object it is about: "GET s3://bucket/key".
[[nodiscard]] std::string text_of(const job& what);

// The key, or the file's name, of its row in the table of results.
[[nodiscard]] const std::string& row_name_of(const job& what);

}  // namespace s3_program

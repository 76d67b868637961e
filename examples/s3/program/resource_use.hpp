// SPDX-License-Identifier: MIT
// What this process and the children it has waited for have used so far. Any thread.
#pragma once

#include <cstdint>

namespace s3_program {

[[nodiscard]] double cpu_seconds();

// Resident bytes of the one of these processes that had most, at its worst moment.
[[nodiscard]] std::uint64_t peak_memory();

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// CPU seconds of this process and of the children it has waited for. Any thread.
#pragma once

namespace s3_program {

[[nodiscard]] double cpu_seconds();

}  // namespace s3_program

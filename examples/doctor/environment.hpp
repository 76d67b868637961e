// SPDX-License-Identifier: MIT
// What the environment offers. To be called while this is the only thread: one question is asked in a process of its own.
#pragma once

#include "finding.hpp"

#include <vector>

namespace doctor {

[[nodiscard]] std::vector<finding> look_at_environment();

}  // namespace doctor

// SPDX-License-Identifier: MIT
// Starts a function's bootstraps inside tests/lambda/sandbox: /var/task is its directory, and little else is there. Pure.
#pragma once

#include "local/function_settings.hpp"

namespace lambda_local {

// Lambda gives a whole CPU with so much memory, and a share in proportion below and above.
inline constexpr double memory_mb_of_one_cpu = 1'769;

// With `limited`, at most the settings' memory and the CPU share that goes with it: cgroups have to be writable then.
void put_into_sandbox(function_settings& settings, const std::string& script, bool limited);

}  // namespace lambda_local

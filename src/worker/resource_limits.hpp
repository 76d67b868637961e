// SPDX-License-Identifier: MIT
// Sets the limits of pool_options.limits in the worker that is to have them, before any of the user's code runs. The one
// thread of a worker that has only just begun: threads started later inherit the nice value.
#pragma once

#include "wire/resource_limit.hpp"

#include <span>
#include <string>

namespace penstock::worker {

/// Empty, or which call failed and why; those before it are in force then.
std::string apply_limits(std::span<const wire::resource_limit> limits, int nice_increment);

} // namespace penstock::worker

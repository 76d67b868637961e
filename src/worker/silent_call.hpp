// SPDX-License-Identifier: MIT
// Runs what pool_options name beside the tasks: preload, initializer, finalizer. Nobody waits for a result.
#pragma once

#include "wire/task_token.hpp"

#include <vector>

namespace penstock::worker {

/// Throws what the callable throws; archive_error or crossing_failure when it cannot be found or called.
void run_silently(const wire::task_token& token, const std::vector<char>& arguments);

} // namespace penstock::worker

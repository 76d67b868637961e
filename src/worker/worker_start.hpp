// SPDX-License-Identifier: MIT
// How a process becomes a worker. Main thread.
#pragma once

namespace penstock::worker {

/// Serves tasks over descriptors 3 and 4 until the pool lets this process go.
[[noreturn]] void serve_as_worker();

} // namespace penstock::worker

// SPDX-License-Identifier: MIT
// The life of a worker process after init has recognised it: boot frame, initializer, then one task at a time until the
// pool says bye. A task's answer is written, or left in the claim page, before the next task begins. Runs in the main
// thread.
#pragma once

namespace penstock::worker {

/// The exit status for std::exit.
int run_worker();

} // namespace penstock::worker

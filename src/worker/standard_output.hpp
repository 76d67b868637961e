// SPDX-License-Identifier: MIT
// Empties the buffers between what a task printed and the worker's standard output. The thread that answers tasks.
#pragma once

namespace penstock::worker {

/// Never waits for a thread that a task left behind with stdout in its hands: its text comes later then.
void flush_standard_output() noexcept;

} // namespace penstock::worker

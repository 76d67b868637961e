// SPDX-License-Identifier: MIT
// The zygote: a process that runs the pool's preload once and is then forked into workers, which have all that preload
// made, in a fraction of the time that a start takes. It is the parent of its workers: it reaps them and tells the pool
// how they ended, and they die with it, as it dies with the pool.
//
// It forks only while it has one thread: a lock that another one held would be held in every worker for ever. One
// thread; descriptor 3 is its socket to the pool (zygote_message.hpp says what is said). When that fails there is nobody
// left to tell: it ends.
#pragma once

namespace penstock::worker {

[[noreturn]] void run_zygote();

} // namespace penstock::worker

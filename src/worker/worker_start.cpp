// SPDX-License-Identifier: MIT
#include "worker/worker_start.hpp"

#include "worker/worker_loop.hpp"

#include <penstock/detail/process_role.hpp>

#include <fcntl.h>
#include <cstdlib>

namespace penstock::worker {

void serve_as_worker() {
    fcntl(3, F_SETFD, FD_CLOEXEC); // the pipes are not for what a task starts
    fcntl(4, F_SETFD, FD_CLOEXEC);
    detail::this_process().is_worker = true;
    std::exit(run_worker());
}

} // namespace penstock::worker

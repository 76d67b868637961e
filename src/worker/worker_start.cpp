// SPDX-License-Identifier: MIT
#include "worker/worker_start.hpp"

#include "worker/worker_loop.hpp"

#include <penstock/detail/process_role.hpp>

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace penstock::worker {

void end_with(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0); // it ended between our start and the line above
}

void leave_interrupts_to_the_pool() {
    struct sigaction nothing{};
    nothing.sa_handler = [](int) {};
    nothing.sa_flags = SA_RESTART;
    sigaction(SIGINT, &nothing, nullptr);
}

void serve_as_worker() {
    fcntl(3, F_SETFD, FD_CLOEXEC); // the pipes are not for what a task starts
    fcntl(4, F_SETFD, FD_CLOEXEC);
    detail::this_process().is_worker = true;
    std::exit(run_worker());
}

} // namespace penstock::worker

// SPDX-License-Identifier: MIT
#include "os/parental_control.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>

namespace penstock::os {

void end_with(pid_t parent) noexcept {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(0);  // it ended between our start and the line above
}

void leave_interrupts_to_parent() noexcept {
    struct sigaction nothing{};
    nothing.sa_handler = [](int) {};
    nothing.sa_flags = SA_RESTART;
    ::sigaction(SIGINT, &nothing, nullptr);
}

}  // namespace penstock::os

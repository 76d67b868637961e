// SPDX-License-Identifier: MIT
// The signal mask and dispositions as they were when this object was made, to be put back later. For a process with
// one thread.
#pragma once

#include <array>
#include <csignal>

namespace penstock::os {

class signal_state {
public:
    signal_state() noexcept;
    void restore() const noexcept;

private:
    sigset_t mask_;
    std::array<struct sigaction, NSIG> actions_;
};

}  // namespace penstock::os

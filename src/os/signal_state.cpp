// SPDX-License-Identifier: MIT
#include "os/signal_state.hpp"

#include <cstddef>

namespace penstock::os {

// The C library refuses its own two real-time signals, the kernel SIGKILL and SIGSTOP; nobody can have changed those.
signal_state::signal_state() noexcept : mask_{}, actions_{} {
    ::sigprocmask(SIG_SETMASK, nullptr, &mask_);
    for (int signal = 1; signal != NSIG; ++signal)
        ::sigaction(signal, nullptr, &actions_[static_cast<std::size_t>(signal)]);
}

void signal_state::restore() const noexcept {
    for (int signal = 1; signal != NSIG; ++signal)
        ::sigaction(signal, &actions_[static_cast<std::size_t>(signal)], nullptr);
    ::sigprocmask(SIG_SETMASK, &mask_, nullptr);
}

}  // namespace penstock::os

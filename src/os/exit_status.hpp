// SPDX-License-Identifier: MIT
// How a process ended: a plain value.
#pragma once

namespace penstock::os {

struct exit_status {
    enum class how {
        exited,     ///< value is the exit code
        signalled,  ///< value is the signal's number
        unknown,    ///< it is dead, but nobody here knows how (SIGCHLD ignored, a foreign waitpid, its parent died too)
    };
    how kind = how::unknown;
    int value = 0;
};

}  // namespace penstock::os

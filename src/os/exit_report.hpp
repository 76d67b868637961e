// SPDX-License-Identifier: MIT
// What is heard of the end of a process that is not our child: filled in by whoever listens to its parent, read by
// its forked_process. A plain value that both share; one thread at a time.
#pragma once

#include "os/exit_status.hpp"

#include <optional>

namespace penstock::os {

struct exit_report {
    std::optional<exit_status> status;
    bool reporter_gone = false;  ///< nothing more will be heard
};

}  // namespace penstock::os

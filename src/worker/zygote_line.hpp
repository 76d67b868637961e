// SPDX-License-Identifier: MIT
// The zygote's end of its socket to the pool (descriptor 3). One thread. It waits when the socket is full: the pool
// always reads on. When the pool is gone, or the socket was closed by preload, it ends the process.
#pragma once

#include "os/file_descriptor.hpp"
#include "wire/zygote_boot.hpp"
#include "wire/zygote_message.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace penstock::worker {

class zygote_line {
public:
    struct request {
        wire::zygote_message message;
        std::vector<os::file_descriptor> descriptors;
    };

    static constexpr int fd = 3;

    wire::zygote_boot receive_boot();
    /// Waits for one. Empty when the pool wants no more workers.
    std::optional<request> receive();
    /// With the descriptor, unless it is negative.
    void say(const wire::zygote_message& message, std::string_view text = {}, int descriptor = -1);
};

} // namespace penstock::worker

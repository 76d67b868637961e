// SPDX-License-Identifier: MIT
// What a zygote has said, for the engine. A resource: with `forked` it owns the worker's pipes and its process.
#pragma once

#include "os/channel.hpp"
#include "os/worker_process.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace penstock::pool {

struct zygote_answer {
    enum class kind {
        ready,          ///< preload is done
        preload_failed, ///< `text` is the message of what it threw
        forked,         ///< `worker` has `process` and `pipes`
        fork_failed,    ///< `number` is an errno
        threads,        ///< nothing was forked: the zygote has `number` threads
        closed,         ///< it closed its socket
    };
    kind what = kind::ready;
    std::optional<std::size_t> worker = {}; ///< whose fork it was; empty when it was given up
    int number = 0;
    std::string text = {};
    std::unique_ptr<os::worker_process> process = {};
    std::optional<os::channel> pipes = {};
};

} // namespace penstock::pool

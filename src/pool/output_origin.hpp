// SPDX-License-Identifier: MIT
// Who is printing: a worker, and the task that it runs at the moment. A value that is looked at and not kept: the label
// belongs to the task.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace penstock::pool {

struct output_origin {
    std::size_t worker = 0;
    pid_t pid = 0;
    std::uint64_t task = 0; ///< 0 outside tasks
    std::string_view label = {};
};

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// What a zygote has to know before its first fork. A value type.
#pragma once

#include "wire/task_token.hpp"

#include <cstdint>
#include <vector>

namespace penstock::wire {

struct zygote_boot {
    std::uint32_t pool_depth = 0; ///< that of its workers
    bool has_preload = false;
    task_token preload;
    std::vector<char> preload_arguments;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(pool_depth, has_preload, preload, preload_arguments);
    }
};

} // namespace penstock::wire

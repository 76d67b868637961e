// SPDX-License-Identifier: MIT
// The first frame to a worker: everything it has to know. A value type.
#pragma once

#include "wire/resource_limit.hpp"
#include "wire/task_token.hpp"

#include <cstdint>
#include <vector>

namespace penstock::wire {

struct boot_message {
    std::uint64_t key = 0;         ///< for checks and seals
    std::uint64_t max_payload = 0; ///< bytes
    std::uint32_t pool_depth = 0;  ///< 1 in a worker of the program itself, 2 in a worker's worker
    bool has_preload = false; ///< to be run here, before the initializer: no zygote has done it
    task_token preload;
    std::vector<char> preload_arguments;
    bool has_initializer = false;
    task_token initializer;
    std::vector<char> initializer_arguments;
    bool has_finalizer = false;
    task_token finalizer;
    std::vector<char> finalizer_arguments;
    std::vector<resource_limit> limits; ///< to be set before the initializer
    std::int32_t nice = 0;              ///< to be added before the initializer
    bool flushes_output = false;        ///< standard output is flushed before every answer: the pool captures it

    bool has_page = false;              ///< descriptor 5 is memory that the worker shares with its pool (claim_page.hpp)
    bool spins = false;                 ///< it may look at the page for a moment before it waits for its pipe

    template <class Archive>
    void serialize(Archive& archive) {
        archive(key, max_payload, pool_depth, has_preload, preload, preload_arguments, has_initializer, initializer, initializer_arguments, has_finalizer, finalizer,
                finalizer_arguments, limits, nice, flushes_output, has_page, spins);
    }
};

} // namespace penstock::wire

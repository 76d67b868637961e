// SPDX-License-Identifier: MIT
// One resource limit that a worker sets for itself, as the boot frame carries it. A value type.
#pragma once

#include <cstdint>

namespace penstock::wire {

struct resource_limit {
    std::int32_t resource = 0; ///< RLIMIT_AS and so on; both sides are the same executable
    std::uint64_t value = 0;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(resource, value);
    }
};

} // namespace penstock::wire

// SPDX-License-Identifier: MIT
// What a measuring program is asked for: how many workers, and whether a rough figure is enough.
#pragma once

#include <cstddef>

namespace penstock::bench {

struct request {
    std::size_t workers = 4;
    bool quick = false;

    /// How much of something to do: less of it in a quick run.
    template <class T>
    constexpr T amount(T whole, T when_quick) const {
        return quick ? when_quick : whole;
    }
};

}  // namespace penstock::bench

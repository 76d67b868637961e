// SPDX-License-Identifier: MIT
// indexed_result<R>: what map_unordered delivers for an item, for structured bindings. A plain value.
#pragma once

#include <cstddef>

namespace penstock {

template <class R>
struct indexed_result {
    /// The item's place in the input, from 0.
    std::size_t index;
    R value;
};

}  // namespace penstock

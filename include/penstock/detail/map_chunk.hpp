// SPDX-License-Identifier: MIT
// A chunk of a map on its way: some items in a row, and the task that they are. A plain value; one thread.
#pragma once

#include <penstock/detail/chunk_result.hpp>
#include <penstock/future.hpp>

#include <cstddef>
#include <exception>

namespace penstock::detail {

template <class R>
struct map_chunk {
    std::size_t first = 0;  ///< the place of its first item in the input
    std::size_t items = 0;
    future<chunk_result<R>> task = {};
    std::exception_ptr error = nullptr;  ///< what all items ended with, when there is no task
};

}  // namespace penstock::detail

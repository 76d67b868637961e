// SPDX-License-Identifier: MIT
// How many threads this process has, as the kernel counts them; 0, with the reason in errno, where it does not say (no
// /proc, no free descriptor). Any thread.
#pragma once

#include <cstddef>

namespace penstock::os {

std::size_t thread_count() noexcept;

/// True when the calling thread is the only one. One that was just joined may still be on its way out: it is given
/// a moment.
bool is_single_threaded() noexcept;

}  // namespace penstock::os

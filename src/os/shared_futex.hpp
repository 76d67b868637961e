// SPDX-License-Identifier: MIT
// Wakes threads of any process that sleep on a word of memory which processes share. Any thread.
#pragma once

#include <cstdint>

namespace penstock::os {

void wake_shared(const std::uint32_t& word) noexcept;

} // namespace penstock::os

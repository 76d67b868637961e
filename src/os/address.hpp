// SPDX-License-Identifier: MIT
// Addresses as numbers and back: places in modules are computed, and a load base may be 0, which no pointer
// arithmetic allows. Threads: any. Failure: none; whether anything lies there is the caller's knowledge.
#pragma once

#include <cstdint>

namespace penstock::os {

inline std::uintptr_t number_of(const void* address) noexcept {
    return reinterpret_cast<std::uintptr_t>(address);
}

inline const void* pointer_to(std::uintptr_t number) noexcept {
    return reinterpret_cast<const void*>(number);  // NOLINT(performance-no-int-to-ptr): the purpose
}

}  // namespace penstock::os

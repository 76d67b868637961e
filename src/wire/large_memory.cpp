// SPDX-License-Identifier: MIT
#include <penstock/detail/byte_archive.hpp>

#include <sys/mman.h>

#include <cstdint>

namespace penstock::detail {

void prepare_large_memory(void* memory, std::size_t size) noexcept {
    constexpr std::uintptr_t huge_page = 2u << 20; // of x86-64; elsewhere it is only a bound
    const auto begin = (reinterpret_cast<std::uintptr_t>(memory) + huge_page - 1) / huge_page * huge_page;
    const auto end = (reinterpret_cast<std::uintptr_t>(memory) + size) / huge_page * huge_page;
#ifdef MADV_HUGEPAGE
    if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE); // a hint: it may be ignored
#endif
}

} // namespace penstock::detail

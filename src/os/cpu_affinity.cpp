// SPDX-License-Identifier: MIT
#include "os/cpu_affinity.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>

namespace penstock::os {

cpu_affinity cpu_affinity::of(pid_t thread) {
    constexpr std::size_t most_pieces = 1024;  // a million CPUs: the end of a loop that EINVAL keeps going
    cpu_affinity result;
    for (std::size_t pieces = 1; pieces <= most_pieces; pieces *= 2) {
        result.words_.assign(pieces, cpu_set_t{});
        if (::sched_getaffinity(thread, result.size_in_bytes(), result.words_.data()) == 0) return result;
        if (errno != EINVAL) break;  // EINVAL: the kernel's mask is larger than ours
    }
    throw std::system_error(errno, std::generic_category(), "sched_getaffinity");
}

bool cpu_affinity::apply_to_this_thread() const noexcept {
    return ::sched_setaffinity(0, size_in_bytes(), words_.data()) == 0;
}

unsigned cpu_affinity::count() const noexcept {
    return static_cast<unsigned>(CPU_COUNT_S(size_in_bytes(), words_.data()));
}

bool cpu_affinity::operator==(const cpu_affinity& other) const noexcept {
    return words_.size() == other.words_.size() &&
           std::memcmp(words_.data(), other.words_.data(), size_in_bytes()) == 0;
}

}  // namespace penstock::os

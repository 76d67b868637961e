// SPDX-License-Identifier: MIT
// How many threads this process has, for tests of who starts them and who leaves them behind.
#pragma once

#include "support/waiting.hpp"

#include <cstddef>
#include <filesystem>
#include <thread>

namespace penstock::test {

/// Those that the kernel lists now; one that was joined a moment ago may still be among them.
inline std::size_t count_threads() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/task")) ++count;
    return count;
}
/// Those that were there before a test starts some. ThreadSanitizer starts a thread of its own with the first one of the
/// program: that has happened when a thread counts.
inline std::size_t count_threads_at_first() {
    std::size_t count = 0;
    std::thread([&] { count = count_threads() - 1; }).join();
    return count;
}
/// Whether there are so many, once those that were joined are gone.
inline bool has_threads(std::size_t count) {
    return eventually([&] { return count_threads() == count; });
}

} // namespace penstock::test

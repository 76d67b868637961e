// SPDX-License-Identifier: MIT
// How many threads this process has, for tests of who starts them and who leaves them behind.
#pragma once

#include "support/waiting.hpp"

#include <pthread.h>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
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

/// How many stacks of threads this process has: those of threads that nobody joined, and some that are kept for the next ones.
inline std::size_t count_stacks() {
    pthread_attr_t attributes;
    std::size_t size = 0;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_getstacksize(&attributes, &size);
    ::pthread_attr_destroy(&attributes);
    constexpr std::size_t other_uses = 128 << 10; // of the same mapping, at most
    std::size_t count = 0;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
        std::size_t from = 0;
        std::size_t to = 0;
        if (std::sscanf(line.c_str(), "%zx-%zx rw-p", &from, &to) != 2 || line.find(" rw-p ") == line.npos) continue;
        count += to - from <= size + other_uses && to - from + other_uses >= size;
    }
    return count;
}

} // namespace penstock::test

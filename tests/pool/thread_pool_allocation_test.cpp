// SPDX-License-Identifier: MIT
// A task of a thread pool is one allocation. This file replaces the program's operator new to count them.
#include "contract/tools.hpp"
#include "support/allocations.hpp"

#include <penstock/thread_pool.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <new>

namespace penstock::test {
thread_local std::size_t allocations = 0;
thread_local std::size_t freed = 0;
thread_local unsigned refuse_each = 0;
thread_local std::size_t refused = 0;
} // namespace penstock::test

namespace {
bool is_refused() noexcept {
    using namespace penstock::test;
    ++allocations;
    const bool refuse = refuse_each != 0 && allocations % refuse_each == 0;
    refused += refuse;
    return refuse;
}
void free_counted(void* memory) noexcept {
    penstock::test::freed += memory != nullptr;
    std::free(memory);
}
} // namespace

// Not inlined: g++ would take a pair of malloc and delete, or of new and free, for a mistake.
[[gnu::noinline]] void* operator new(std::size_t size) {
    void* const memory = is_refused() ? nullptr : std::malloc(size != 0 ? size : 1);
    if (memory != nullptr) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return is_refused() ? nullptr : std::malloc(size != 0 ? size : 1);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { free_counted(memory); }
[[gnu::noinline]] void operator delete(void* memory, const std::nothrow_t&) noexcept { free_counted(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { free_counted(memory); }

namespace penstock::test {
namespace {

TEST(thread_pool_allocation, is_one_for_each_task) {
    thread_pool pool{{.workers = 1}};
    busy_worker busy(pool); // the worker allocates in its own thread, but nothing shall run beside the count
    const std::array<int, 50> large{};
    std::array<future<std::size_t>, 100> futures;
    const std::size_t before = allocations;
    for (auto& each : futures)
        each = pool.submit([large](int x) { return large.size() + static_cast<std::size_t>(x); }, 1);
    EXPECT_EQ(allocations - before, futures.size());
    busy.release();
    for (auto& each : futures) EXPECT_EQ(result_of(each), 51u);
    EXPECT_EQ(allocations - before, futures.size());
}

} // namespace
} // namespace penstock::test

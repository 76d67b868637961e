// SPDX-License-Identifier: MIT
// What the operator new of the tests' program counts and refuses: see pool/thread_pool_allocation_test.cpp.
#pragma once

#include <cstddef>

namespace penstock::test {

extern thread_local std::size_t allocations; // of this thread
extern thread_local std::size_t freed;       // by this thread
extern thread_local unsigned refuse_each;    // so-manieth allocation of this thread throws std::bad_alloc; 0 for none
extern thread_local std::size_t refused;

} // namespace penstock::test

// SPDX-License-Identifier: MIT
// What the rows of thread pools ask the system for.
#pragma once

#include <cstddef>
#include <functional>

namespace penstock::bench {

/// The memory that this process really has, whoever manages it: some peers have allocators of their own.
std::size_t resident_bytes();
/// What `measure` gives in a forked process. Throws when that fails. For a program that has one thread.
double in_a_child(const std::function<double()>& measure);

}  // namespace penstock::bench

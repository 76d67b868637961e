// SPDX-License-Identifier: MIT
// Keeps the program to some of its CPUs while the object lives; the old affinity comes back in the
// destructor. To be made and destroyed by the main thread while it is the only one: the threads and processes
// of a pool made in between inherit the limit. Throws std::system_error when the kernel refuses.
#pragma once

#include <sched.h>

namespace example_common {

// The CPUs the program may use now: affinity and container quota.
[[nodiscard]] unsigned usable_cpus();

class cpu_limit {
public:
    // Takes the first `count` CPUs of those allowed.
    explicit cpu_limit(unsigned count);
    ~cpu_limit();
    cpu_limit(const cpu_limit&) = delete;
    cpu_limit& operator=(const cpu_limit&) = delete;

private:
    cpu_set_t before_{};
};

}  // namespace example_common

// SPDX-License-Identifier: MIT
#include "cpu_limit.hpp"

#include <penstock/penstock.hpp>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace example_common {
namespace {

cpu_set_t allowed() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        throw std::system_error(errno, std::generic_category(), "reading the CPU affinity");
    }
    return set;
}

}  // namespace

unsigned usable_cpus() {
    const cpu_set_t set = allowed();
    return std::min(static_cast<unsigned>(CPU_COUNT(&set)),
                    static_cast<unsigned>(penstock::available_cpus()));
}

cpu_limit::cpu_limit(unsigned count) : before_(allowed()) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (unsigned cpu = 0; cpu < CPU_SETSIZE && static_cast<unsigned>(CPU_COUNT(&set)) < count; ++cpu) {
        if (CPU_ISSET(cpu, &before_)) CPU_SET(cpu, &set);
    }
    if (sched_setaffinity(0, sizeof set, &set) != 0) {
        throw std::system_error(errno, std::generic_category(), "setting the CPU affinity");
    }
}

cpu_limit::~cpu_limit() { sched_setaffinity(0, sizeof before_, &before_); }

}  // namespace example_common

// SPDX-License-Identifier: MIT
#include "program/resource_use.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace s3_program {
namespace {

rusage use_of(int who) {
    struct rusage used {};
    (void)::getrusage(who, &used);  // cannot fail with these arguments
    return used;
}

double seconds_of(int who) {
    const rusage used = use_of(who);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

double cpu_seconds() { return seconds_of(RUSAGE_SELF) + seconds_of(RUSAGE_CHILDREN); }

std::uint64_t peak_memory() {
    const long most = std::max(use_of(RUSAGE_SELF).ru_maxrss, use_of(RUSAGE_CHILDREN).ru_maxrss);
    return static_cast<std::uint64_t>(most) * 1024;
}

}  // namespace s3_program

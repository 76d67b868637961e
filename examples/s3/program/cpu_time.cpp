// SPDX-License-Identifier: MIT
#include "program/cpu_time.hpp"

#include <sys/resource.h>

namespace s3_program {
namespace {

double seconds_of(int who) {
    struct rusage used {};
    if (::getrusage(who, &used) != 0) return 0;
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

double cpu_seconds() { return seconds_of(RUSAGE_SELF) + seconds_of(RUSAGE_CHILDREN); }

}  // namespace s3_program

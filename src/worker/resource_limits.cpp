// SPDX-License-Identifier: MIT
#include "worker/resource_limits.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace penstock::worker {

namespace {

std::string name_of(int resource) {
    switch (resource) {
    case RLIMIT_AS: return "RLIMIT_AS";
    case RLIMIT_CPU: return "RLIMIT_CPU";
    case RLIMIT_NOFILE: return "RLIMIT_NOFILE";
    case RLIMIT_CORE: return "RLIMIT_CORE";
    default: return "resource " + std::to_string(resource);
    }
}

/// The hard limit too, so that a task cannot raise it again. For processor time it stands a second higher: between
/// SIGXCPU, which a program may handle, and SIGKILL.
rlimit limit_for(const wire::resource_limit& wanted, const rlimit& before) {
    rlimit limit{wanted.value, wanted.value};
    const bool finite = wanted.value != RLIM_INFINITY;
    if (wanted.resource == RLIMIT_CPU && finite && wanted.value < before.rlim_max) ++limit.rlim_max;
    return limit;
}

std::string set_limit(const wire::resource_limit& wanted) {
    const auto resource = static_cast<decltype(RLIMIT_AS)>(wanted.resource); // an enumeration with glibc
    rlimit before{};
    const bool known = getrlimit(resource, &before) == 0;
    const rlimit limit = limit_for(wanted, before);
    if (known && setrlimit(resource, &limit) == 0) return {};
    const int error = errno;
    std::string what = "setrlimit(" + name_of(wanted.resource) + ", " + std::to_string(wanted.value) +
                       ") failed: " + std::strerror(error);
    if (error == EPERM && before.rlim_max != RLIM_INFINITY)
        what += " (the hard limit is " + std::to_string(before.rlim_max) + ")";
    return what;
}

std::string add_to_nice(int increment) {
    errno = 0; // -1 may be the new nice value
    if (increment == 0 || nice(increment) != -1 || errno == 0) return {};
    return "nice(" + std::to_string(increment) + ") failed: " + std::strerror(errno);
}

} // namespace

std::string apply_limits(std::span<const wire::resource_limit> limits, int nice_increment) {
    for (const wire::resource_limit& wanted : limits)
        if (std::string problem = set_limit(wanted); !problem.empty()) return problem;
    return add_to_nice(nice_increment);
}

} // namespace penstock::worker

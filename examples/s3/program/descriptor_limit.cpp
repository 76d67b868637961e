// SPDX-License-Identifier: MIT
#include "program/descriptor_limit.hpp"

#include "usage_error.hpp"

#include <sys/resource.h>

#include <string>

namespace s3_program {
namespace {

constexpr rlim_t of_the_program_itself = 20;  // standard streams, files, what libcurl waits with

// In one process. Pools of processes count the pipes to their workers themselves.
rlim_t connections_of(const run_settings& wanted) {
    if (wanted.how == mode::thread) return workers_of(wanted);
    return wanted.nested || uses_concurrency(wanted.how) ? wanted.concurrency : 1;
}

}  // namespace

void check_descriptor_limit(const run_settings& wanted) {
    const rlim_t needed = connections_of(wanted) + of_the_program_itself;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed) return;
    throw example_common::usage_error(parallelism_text(wanted) + " connections at a time need " +
                                      std::to_string(needed) + " file descriptors, RLIMIT_NOFILE allows " +
                                      std::to_string(limit.rlim_cur));
}

}  // namespace s3_program

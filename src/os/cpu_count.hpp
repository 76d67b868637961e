// SPDX-License-Identifier: MIT
// How many CPUs this process can really use: what affinity and the cgroup's CPU quota leave of the machine.
//
// Threads: any. Failure: none; what cannot be read does not limit.
#pragma once

#include <optional>
#include <string>

namespace penstock::os {

/// The smaller of the main thread's affinity and the quota rounded up; at least 1.
unsigned available_cpus();

/// The quota of the process's cgroup and of all cgroups above it (version 1 and 2, the smallest wins), in
/// whole CPUs rounded up. Empty without a quota. All files are read below `root`: a test passes a made-up
/// tree, others "".
std::optional<unsigned> cgroup_cpu_limit(const std::string& root);

}  // namespace penstock::os

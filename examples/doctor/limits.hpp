// SPDX-License-Identifier: MIT
// The limits of this process: its own (getrlimit) and those of its cgroups on memory. Any thread.
#pragma once

#include "finding.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace doctor {

[[nodiscard]] std::vector<finding> look_at_limits();

// Such as "64 KiB"; whole units where they are even, else one decimal.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

// Empty where there is no such file.
[[nodiscard]] std::string first_line_of(const std::string& path);

// What to say where no limit of a cgroup was found: there is none, or nobody can tell.
[[nodiscard]] std::string no_limit();

}  // namespace doctor

// SPDX-License-Identifier: MIT
// How much a process has read, for tests that act in the middle of a transfer.
#pragma once

#include <cstddef>
#include <fstream>
#include <string>

namespace penstock::test {

/// Bytes that a process (a pid, or "self") has read so far; 0 where the kernel does not count them.
inline std::size_t bytes_read_by(const std::string& process) {
    std::ifstream file("/proc/" + process + "/io");
    std::string name;
    for (std::size_t value = 0; file >> name >> value;)
        if (name == "rchar:") return value;
    return 0;
}

} // namespace penstock::test

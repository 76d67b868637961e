// SPDX-License-Identifier: MIT
#include "os/process_memory.hpp"

#include "os/pipe.hpp"
#include "os/system_calls.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace penstock::os {

std::uint64_t resident_bytes(pid_t pid) noexcept {
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%d/statm", static_cast<int>(pid));
    const file_descriptor file(calls().open(path, O_RDONLY | O_CLOEXEC));
    char text[128] = {};
    if (!file || read_some(file.get(), text, sizeof text - 1).status != io_status::ok) return 0;
    unsigned long long all = 0;
    unsigned long long resident = 0;
    if (std::sscanf(text, "%llu %llu", &all, &resident) != 2) return 0;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace penstock::os

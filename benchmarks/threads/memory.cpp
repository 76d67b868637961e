// SPDX-License-Identifier: MIT
#include "threads/memory.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>

namespace penstock::bench {

std::size_t resident_bytes() {
    std::size_t all = 0;
    std::size_t resident = 0;
    std::ifstream("/proc/self/statm") >> all >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

double in_a_child(const std::function<double()>& measure) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("no pipe");
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("no child");
    if (child == 0) {
        try {
            const double value = measure();
            _exit(write(ends[1], &value, sizeof value) == sizeof value ? 0 : 1);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s\n", error.what());
            _exit(1);
        }
    }
    double value = 0;
    close(ends[1]);
    const bool told = read(ends[0], &value, sizeof value) == sizeof value;
    close(ends[0]);
    int status = 0;
    if (waitpid(child, &status, 0) != child || status != 0 || !told)
        throw std::runtime_error("the child failed");
    return value;
}

}  // namespace penstock::bench

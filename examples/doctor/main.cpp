// SPDX-License-Identifier: MIT
// penstock-doctor: what this environment offers, and what Penstock therefore does. 0 when a pool works here, else 1.
#include "decisions.hpp"
#include "environment.hpp"

#include <penstock/init.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <vector>

namespace {

void print(const char* title, const std::vector<doctor::finding>& findings) {
    std::size_t name = 0;
    std::size_t value = 0;
    for (const doctor::finding& each : findings) {
        name = std::max(name, each.name.size());
        if (!each.remark.empty()) value = std::max(value, each.value.size());
    }
    std::printf("%s\n", title);
    for (const doctor::finding& each : findings) {
        std::printf("  %-*s  ", static_cast<int>(name), each.name.c_str());
        if (each.remark.empty()) std::printf("%s\n", each.value.c_str());
        else std::printf("%-*s  %s\n", static_cast<int>(value), each.value.c_str(), each.remark.c_str());
    }
}

}  // namespace

int main(int argc, char** argv) try {
    penstock::init(argc, argv);
    if (argc != 1) {
        std::fprintf(stderr, "usage: penstock-doctor (it takes no arguments)\n");
        return 2;
    }
    print("What is here:", doctor::look_at_environment());
    const doctor::decisions all = doctor::ask_penstock();
    print("\nWhat Penstock does with it:", all.findings);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) { // the latter after an earlier flush
        std::fprintf(stderr, "penstock-doctor: the report cannot be written to standard output\n");
        return 1;
    }
    return all.works ? 0 : 1;
} catch (const std::exception& e) {
    std::fprintf(stderr, "penstock-doctor: %s\n", e.what());
    return 1;
}

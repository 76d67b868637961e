// SPDX-License-Identifier: MIT
// What is measured, and what a whole comparison leaves behind. Plain values.
#pragma once

#include "mode.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace compare {

// One cell of a table. Sequential has one worker and the largest CPU set that is measured.
struct setting {
    mode how = mode::sequential;
    unsigned cpus = 1;
    unsigned workers = 1;

    friend bool operator==(const setting&, const setting&) = default;
};

// "process, 4 workers, 2 CPUs"
[[nodiscard]] std::string text_of(const setting& where);

// How much a task, or a whole run, has done.
struct amount {
    std::uint64_t items = 0;
    std::uint64_t bytes = 0;
    std::uint64_t errors = 0;

    amount& operator+=(const amount& more) {
        items += more.items;
        bytes += more.bytes;
        errors += more.errors;
        return *this;
    }
};

struct measurement {
    setting where;
    unsigned repetition = 1;
    double seconds = 0;        // before the pool was built .. last result in hand
    double build_seconds = 0;  // the part of it that went into building the pool
    amount done;
};

struct report {
    std::string workload;  // "hash"
    std::string subject;   // "SHA-256 of 27,260 files, 365.0 MB"
    std::vector<measurement> measurements;
    std::vector<unsigned> missing_cpus;  // asked for, but not to be had here
    unsigned usable_cpus = 1;
    unsigned repetitions_wanted = 1;       // fewer are measured when there is a time budget
    std::vector<std::string> failures;     // runs that ended with an exception
    std::vector<std::string> differences;  // items that were not what sequential gave
};

}  // namespace compare

// SPDX-License-Identifier: MIT
// What the record pump sends: tasks of 24 bytes, results of 16.
#pragma once

#include <cstdint>

namespace penstock::bench {

struct pump_task {
    std::uint64_t id;
    std::uint64_t callable;
    std::uint64_t argument;
};

struct pump_result {
    std::uint64_t id;
    std::uint64_t value;
};

}  // namespace penstock::bench

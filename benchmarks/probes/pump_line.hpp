// SPDX-License-Identifier: MIT
// One worker of the record pump as the parent sees it: a pipe there, a pipe back, the process between them. The parent
// never blocks in it. Used by one thread.
#pragma once

#include "probes/forked_child.hpp"
#include "probes/pump_record.hpp"
#include "probes/raw_pipe.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace penstock::bench {

class pump_line {
public:
    pump_line();

    /// Writes as many of the tasks first..last-1 as fit, each with its number as argument; how many it were.
    std::uint64_t send(std::uint64_t first, std::uint64_t last);
    /// Adds the results that are there to `sum`; how many they were.
    std::uint64_t receive(std::uint64_t& sum);

    int task_end() const { return tasks_.write_end(); }
    int result_end() const { return results_.read_end(); }

private:
    static constexpr std::size_t batch = 128;

    [[noreturn]] void serve() const;

    raw_pipe tasks_;
    raw_pipe results_;
    std::array<pump_result, 4096> received_;
    std::size_t partial_ = 0;  // bytes of a result that has not come whole
    forked_child worker_;
};

}  // namespace penstock::bench

// SPDX-License-Identifier: MIT
// Loops that only compute: no memory to speak of, no system call. Each loop is one task. The tasks are made
// once; afterwards any thread may read.
#pragma once

#include "measurement.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace compare {

struct loop_task {
    std::uint64_t seed = 0;
    std::uint64_t steps = 0;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(seed, steps);
    }
};

struct loop_result {
    std::uint64_t seed = 0;
    std::uint64_t checksum = 0;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(seed, checksum);
    }
};

class cpu_workload {
public:
    using task = loop_task;
    using result = loop_result;

    static constexpr std::string_view name = "cpu";
    static constexpr std::string_view unit = "loops";
    static constexpr bool wants_warm_up = false;

    cpu_workload(std::size_t loops, std::uint64_t steps);

    // What a worker does. Every step needs the one before, and the last one, the checksum, is stored in a
    // volatile object, so that the optimiser can neither shorten nor drop the loop.
    static result run(const task& loop);

    [[nodiscard]] const std::vector<task>& tasks() const noexcept { return tasks_; }
    [[nodiscard]] std::string subject() const;

    static std::uint64_t units(const task&) { return 1; }
    static amount done(const result&) { return {1, 0, 0}; }

    // One sentence for every loop whose checksum is not the expected one.
    [[nodiscard]] std::vector<std::string> differences(const std::vector<result>& expected,
                                                       const std::vector<result>& actual) const;

private:
    std::vector<task> tasks_;
};

// How many steps a loop needs for `loops` of them to take about `seconds` one after the other on this
// machine.
[[nodiscard]] std::uint64_t calibrated_steps(std::size_t loops, double seconds);

}  // namespace compare

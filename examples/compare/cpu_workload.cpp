// SPDX-License-Identifier: MIT
#include "cpu_workload.hpp"

#include "interrupt.hpp"
#include "stopwatch.hpp"
#include "text.hpp"
#include "verify.hpp"

#include <algorithm>

namespace compare {
using namespace example_common;

namespace {

// Between two looks at the interrupt flag: about a millisecond.
constexpr std::uint64_t slice = 1U << 20U;

// A permuted congruential generator's step: a chain of multiplications and shifts.
std::uint64_t advance(std::uint64_t state, std::uint64_t steps) {
    for (; steps > 0; --steps) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        state ^= state >> 29U;
    }
    return state;
}

}  // namespace

cpu_workload::cpu_workload(std::size_t loops, std::uint64_t steps) {
    for (std::size_t i = 0; i < loops; ++i) tasks_.push_back({i + 1, steps});
}

cpu_workload::result cpu_workload::run(const task& loop) {
    std::uint64_t state = loop.seed;
    for (std::uint64_t left = loop.steps; left > 0 && !interrupt_requested();) {
        const std::uint64_t now = std::min(left, slice);
        state = advance(state, now);
        left -= now;
    }
    // Without this, g++ -O3 drops the whole loop where a caller does not look at the checksum.
    const volatile std::uint64_t checksum = state;
    return {loop.seed, checksum};
}

std::string cpu_workload::subject() const {
    return plural(tasks_.size(), "loop", "loops") + " of " +
           plural(tasks_.empty() ? 0 : tasks_.front().steps, "step", "steps") + ", one task each";
}

std::vector<std::string> cpu_workload::differences(const std::vector<result>& expected,
                                                   const std::vector<result>& actual) const {
    return loop_differences(expected, actual);
}

std::uint64_t calibrated_steps(std::size_t loops, double seconds) {
    std::uint64_t steps = slice;
    double took = 0;
    for (;;) {
        throw_if_interrupted();
        const stopwatch clock;
        (void)cpu_workload::run({1, steps});
        took = clock.seconds();
        if (took >= 0.1) break;
        steps *= 2;
    }
    const double rate = static_cast<double>(steps) / took;
    return std::max<std::uint64_t>(1,
                                   static_cast<std::uint64_t>(rate * seconds / static_cast<double>(loops)));
}

}  // namespace compare

// SPDX-License-Identifier: MIT
#include "program/abandoned_run.hpp"

#include <atomic>

namespace s3_program {
namespace {

std::atomic<std::uint64_t> last{0};

}  // namespace

void abandon_run(std::uint64_t run) noexcept {
    std::uint64_t before = last.load();
    while (before < run && !last.compare_exchange_weak(before, run)) {
    }
}

bool run_abandoned(std::uint64_t run) noexcept { return run != 0 && run <= last.load(std::memory_order_relaxed); }

}  // namespace s3_program

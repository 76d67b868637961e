// SPDX-License-Identifier: MIT
#include "common/cannot_measure.hpp"
#include "rows/rows.hpp"
#include "rows/tasks.hpp"

#include <penstock/this_task.hpp>

#include <malloc.h>

#include <chrono>
#include <thread>

namespace penstock::bench {

namespace {

// Its only worker runs this, so that everything else is pending.
void run_until_stopped() {
    while (!this_task::stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

/// What malloc has given out, its own overhead included.
std::size_t bytes_in_use() {
#if __GLIBC__ > 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ >= 33)
    const struct mallinfo2 now = mallinfo2();
    return now.uordblks + now.hblkhd;
#else
    throw cannot_measure("this C library does not tell how much memory is in use (mallinfo2)");
#endif
}

}  // namespace

measurements future_bytes(const request& asked) {
    const std::uint64_t count = asked.amount<std::uint64_t>(100'000, 20'000);
    process_pool pool({.workers = 1});
    wait_for_workers(pool);
    auto first = pool.submit(run_until_stopped);
    while (!first.running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::vector<future<std::uint64_t>> answers;
    answers.reserve(count);
    const std::size_t before = bytes_in_use();
    for (std::uint64_t i = 0; i != count; ++i) answers.push_back(pool.submit(null_task, i));
    const std::size_t after = bytes_in_use();
    first.cancel(force);
    std::uint64_t sum = 0;
    for (auto& answer : answers) sum += answer.get();
    require(sum == sum_below(count), "the sum of the results");
    const double each = static_cast<double>(after - before) / static_cast<double>(count);
    return {{ourselves, "", each + sizeof(future<std::uint64_t>) - sizeof(std::uint64_t), "bytes"}};
}

}  // namespace penstock::bench

// SPDX-License-Identifier: MIT
// thread_pool beside process_pool: what a task of a known length, and a payload of a known size, cost in each. One
// process for both, one after the other; the driver's repetitions show how far that can be trusted.
#include "common/burn.hpp"
#include "common/median.hpp"
#include "common/stopwatch.hpp"
#include "rows/rows.hpp"
#include "rows/tasks.hpp"

#include <penstock/thread_pool.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace penstock::bench {

namespace {

constexpr char threads[] = "thread_pool";
constexpr char processes[] = "process_pool";

std::uint64_t work_for(std::uint64_t microseconds) {
    if (microseconds != 0) burn(std::chrono::microseconds(microseconds));
    return microseconds;
}

/// From the first submit to the last result, for each task, in us.
template <class Pool>
double task_time(Pool& pool, std::uint64_t length, std::size_t count) {
    std::vector<future<std::uint64_t>> answers;
    answers.reserve(count);
    const stopwatch time;
    for (std::size_t i = 0; i != count; ++i) answers.push_back(pool.submit(work_for, length));
    std::uint64_t sum = 0;
    for (auto& answer : answers) sum += answer.get();
    const double each = time.microseconds() / static_cast<double>(count);
    require(sum == length * count, "the sum of the results");
    return each;
}

/// The first run makes threads and processes ready, and does not count.
template <class Pool>
double trained_task_time(const request& asked, std::uint64_t length) {
    // Some 200 ms of work for each worker, or a quarter of that.
    const std::size_t count =
        std::min<std::size_t>(asked.amount<std::size_t>(200'000, 50'000) / (length + 1), 200'000) *
        asked.workers;
    Pool pool({.workers = asked.workers});
    task_time(pool, length, std::max<std::size_t>(count / 10, 50));
    return task_time(pool, length, count);
}

measurements tasks(const request& asked, std::uint64_t length) {
    return {{threads, "", trained_task_time<thread_pool>(asked, length), "us"},
            {processes, "", trained_task_time<process_pool>(asked, length), "us"}};
}

using bytes = std::vector<std::uint8_t>;

bytes give_back(bytes&& payload) { return std::move(payload); }

/// There and back, moved on both sides; the first time does not count.
template <class Pool>
double payload_time(const request& asked, std::size_t size, int rounds) {
    Pool pool({.workers = asked.workers});
    bytes payload(size, 7);
    std::vector<double> times;
    for (int i = -1; i != rounds; ++i) {
        const stopwatch time;
        payload = pool.submit(give_back, std::move(payload)).get();
        if (i >= 0) times.push_back(time.microseconds());
    }
    require(payload == bytes(size, 7), "the payload that came back");
    return median(std::move(times));
}

measurements payloads(const request& asked, std::size_t size, int rounds) {
    return {{threads, "", payload_time<thread_pool>(asked, size, rounds), "us"},
            {processes, "", payload_time<process_pool>(asked, size, rounds), "us"}};
}

}  // namespace

measurements vs_task_0us(const request& asked) { return tasks(asked, 0); }
measurements vs_task_10us(const request& asked) { return tasks(asked, 10); }
measurements vs_task_100us(const request& asked) { return tasks(asked, 100); }
measurements vs_task_1000us(const request& asked) { return tasks(asked, 1'000); }

measurements vs_payload_64(const request& asked) { return payloads(asked, 64, asked.amount(10'000, 2'000)); }
measurements vs_payload_64k(const request& asked) {
    return payloads(asked, 64 << 10, asked.amount(2'000, 400));
}
measurements vs_payload_64m(const request& asked) { return payloads(asked, 64 << 20, asked.amount(9, 3)); }

}  // namespace penstock::bench

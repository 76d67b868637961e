// SPDX-License-Identifier: MIT
// The article's ten loops: is a function faster with processes? That depends on the share of a CPU that comes with its
// memory, and on whether the processes are there already.
#include "handlers/fields.hpp"
#include "handlers/handler.hpp"
#include "handlers/in_time.hpp"
#include "runtime/stop_signal.hpp"
#include "stopwatch.hpp"

#include <unistd.h>

#include <cstdlib>

namespace lambda {
namespace {

// Arithmetic that each step of needs the one before.
std::uint64_t loop(std::uint64_t steps) {
    std::uint64_t x = 88'172'645'463'325'252U;
    for (std::uint64_t i = 0; i != steps; ++i) {
        x ^= x << 13U;
        x ^= x >> 7U;
        x ^= x << 17U;
    }
    return x;
}

std::vector<std::uint64_t> loops_in_a_row(std::uint64_t count, std::uint64_t steps) {
    std::vector<std::uint64_t> results;
    for (std::uint64_t i = 0; i != count; ++i) results.push_back(loop(steps));
    return results;
}

std::int64_t own_pid() { return ::getpid(); }

using results = std::vector<std::uint64_t>;

results sequential(std::uint64_t count, std::uint64_t steps, const surroundings& around) {
    std::vector<penstock::future<results>> one;
    one.push_back(around.pool.submit(until(around.stop_at, "all loops"), loops_in_a_row, count, steps));
    return in_time(one, around.stop_at).front();
}

results over(penstock::process_pool& pool, std::uint64_t count, std::uint64_t steps,
             const surroundings& around) {
    std::vector<penstock::future<std::uint64_t>> tasks;
    for (std::uint64_t i = 0; i != count; ++i)
        tasks.push_back(pool.submit(until(around.stop_at, "loop " + std::to_string(i)), loop, steps));
    return in_time(tasks, around.stop_at);
}

results run(const std::string& mode, std::uint64_t count, std::uint64_t steps, const surroundings& around) {
    if (mode == "sequential") return sequential(count, steps, around);
    if (mode == "process") return over(around.pool, count, steps, around);
    if (mode != "fresh")
        throw std::invalid_argument("the event's \"mode\" is '" + mode +
                                    "': there are sequential, process and fresh");
    penstock::process_pool fresh{{.workers = around.pool.workers(),
                                  .initializer = penstock::call(leave_sigterm_to_the_bootstrap),
                                  .grace = std::chrono::milliseconds(100)}};
    return over(fresh, count, steps, around);
}

nlohmann::json memory() {
    const char* const size = std::getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE");
    return size == nullptr ? nlohmann::json() : nlohmann::json(std::atol(size));
}

// Those that answer: whoever has no time left is not waited for.
nlohmann::json pids_of(const surroundings& around) {
    auto asked = around.pool.broadcast(own_pid);
    return in_time(asked, around.stop_at);
}

}  // namespace

nlohmann::json cpu(const nlohmann::json& event, const surroundings& around) {
    const auto mode = field_or<std::string>(event, "mode", "process");
    const auto count = field_or<std::uint64_t>(event, "loops", 10);
    const auto steps = field_or<std::uint64_t>(event, "steps", 100'000'000);
    if (count == 0 || count > 10'000)
        throw std::invalid_argument("the event's \"loops\" is not from 1 to 10000");
    const example_common::stopwatch clock;
    const results found = run(mode, count, steps, around);
    const double seconds = clock.seconds();
    return {{"mode", mode},
            {"loops", count},
            {"steps", steps},
            {"seconds", seconds},
            {"cpus", penstock::available_cpus()},
            {"memory_mb", memory()},
            {"workers", pids_of(around)},
            {"result", found.front()}};
}

}  // namespace lambda

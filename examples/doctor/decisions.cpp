// SPDX-License-Identifier: MIT
#include "decisions.hpp"

#include "os/thread_count.hpp"
#include "pool/reach.hpp"

#include <penstock/penstock.hpp>

#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <system_error>

namespace doctor {
namespace {

int answer(int question) { return question; }

std::string milliseconds(std::chrono::steady_clock::duration time) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f ms", std::chrono::duration<double, std::milli>(time).count());
    return text;
}

finding workers() {
    return {"workers of a pool", std::to_string(penstock::available_cpus()), "the smaller of affinity and quota (available_cpus)"};
}

finding batches() try {
    const penstock::pool::reach reach = penstock::pool::find_reach({});
    if (reach.shared_bytes != 0)
        return {"short tasks", "in batches", "up to " + std::to_string(reach.depth) + " wait at a worker, which shares " +
                                                 std::to_string(reach.shared_bytes / 1024) + " KiB of memory with the pool"};
    return {"short tasks", "one by one", "up to " + std::to_string(reach.depth) + " wait at a worker; each result is written before the next task"};
} catch (const std::system_error& e) {
    return {"short tasks", "not known", e.what()};
}

finding spinning() {
    if (!penstock::pool::may_spin({})) return {"waiting", "sleeps at once", "there is one CPU"};
    return {"waiting", "looks for a moment first", "up to 50 us, while waits are short; needs batches"};
}

// Besides the standard streams: somebody started this program with them open, and a program started like it has them too.
std::size_t inherited_descriptors(rlim_t limit) {
    const int end = static_cast<int>(std::min<rlim_t>(limit, 1U << 16U)); // a limit may be a thousand million
    std::size_t count = 0;
    for (int fd = 3; fd < end; ++fd) count += ::fcntl(fd, F_GETFD) >= 0;
    return count;
}

finding descriptors() {
    const std::size_t fixed = penstock::pool::descriptors_needed({}, 0);
    const std::size_t each = penstock::pool::descriptors_needed({}, 1) - fixed;
    finding found{"descriptors", std::to_string(each) + " a worker, " + std::to_string(fixed) + " a pool"};
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return found;
    const std::size_t taken = fixed + inherited_descriptors(limit.rlim_cur);
    const std::size_t most = limit.rlim_cur < taken ? 0 : (limit.rlim_cur - taken) / each;
    if (most == 0) found.remark = "RLIMIT_NOFILE is too small for a pool: with one worker it takes " + std::to_string(taken + each) + " (ulimit -n)";
    else found.remark = "RLIMIT_NOFILE is enough for " + std::to_string(most) + (most == 1 ? " worker" : " workers");
    return found;
}

finding fork_map() {
    if (penstock::os::is_single_threaded()) return {"fork_map", "works", "as long as a program has one thread"};
    return {"fork_map", "refuses", "it cannot see that this process has one thread only"};
}

// A pool with one worker, from its making to the first answer.
finding start(const char* name, penstock::start_method method, bool& works) try {
    std::string remark = "from the pool's making to the first answer of its worker";
    const auto note = [&](const penstock::pool_event& event) {
        if (event.kind == penstock::pool_event_kind::fell_back) remark = "fell back to spawn: " + event.reason;
    };
    const auto began = std::chrono::steady_clock::now();
    penstock::process_pool pool{{.workers = 1, .start = method, .on_event = note}};
    if (pool.submit(answer, 42).get() != 42) throw penstock::error("a wrong answer");
    const auto took = std::chrono::steady_clock::now() - began;
    pool.shutdown();
    return {name, milliseconds(took), remark};
} catch (const std::exception& e) {
    works = false;
    return {name, "FAILED", e.what()};
}

}  // namespace

decisions ask_penstock() {
    decisions all;
    all.findings = {workers(), batches(), spinning(), descriptors(), fork_map()};
    all.findings.push_back(start("start_method::spawn", penstock::start_method::spawn, all.works));
    all.findings.push_back(start("start_method::forkserver", penstock::start_method::forkserver, all.works));
    return all;
}

}  // namespace doctor

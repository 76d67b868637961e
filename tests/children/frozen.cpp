// SPDX-License-Identifier: MIT
// A program with three tasks under a deadline, for a test that stops the whole group for longer than that: frozen GATE
// MILLISECONDS. Two tasks end once the gate is open, one never. It says "ready" when all run, then how each ended.
#include "gate.hpp"

#include <penstock/init.hpp>
#include <penstock/process_pool.hpp>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

void wait_for(const std::string& gate) { penstock::test::gate::wait(gate); }
void never_end() {
    for (;;) ::pause();
}
void say(const char* text) {
    std::puts(text);
    std::fflush(stdout);
}
const char* end_of(penstock::future<void>& task) try {
    task.get();
    return "value";
} catch (const penstock::task_timeout&) {
    return "timeout";
} catch (const std::exception&) {
    return "another error";
}

} // namespace

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    if (argc != 3) return 2;
    using namespace std::chrono_literals;
    penstock::process_pool pool{{.workers = 3, .task_timeout = std::atoi(argv[2]) * 1ms, .grace = 100ms}};
    std::vector<penstock::future<void>> tasks;
    tasks.push_back(pool.submit(wait_for, argv[1]));
    tasks.push_back(pool.submit(wait_for, argv[1]));
    tasks.push_back(pool.submit(never_end));
    for (const auto& each : tasks)
        while (!each.running()) ::usleep(1000);
    say("ready");
    for (auto& each : tasks) say(end_of(each));
    return 0;
}

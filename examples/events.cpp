// SPDX-License-Identifier: MIT
// on_event tells what happens to workers, one event at a time, on the pool's callback thread; stats() counts.
#include <penstock/penstock.hpp>

#include <cstdlib>
#include <iostream>

void tell(const penstock::pool_event& event) {
    using kind = penstock::pool_event_kind;
    if (event.kind == kind::started) std::cout << "a process was started\n";
    if (event.kind == kind::ready) std::cout << "its initializer is done\n";
    if (event.kind == kind::died)
        std::cout << "it died in '" << event.task_label << "' with status " << event.exit_status << '\n';
}

int square(int n) { return n * n; }
void leave() { std::_Exit(3); }

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::pool_stats stats;
    {
        penstock::process_pool pool{{.workers = 1, .on_event = tell}};
        static_cast<void>(pool.submit(square, 3));
        static_cast<void>(pool.submit({.label = "leave"}, leave));
        static_cast<void>(pool.submit(square, 4));
        pool.wait_idle();
        stats = pool.stats();
    }  // all events have been told when the pool is gone
    std::cout << stats.done << " done, " << stats.failed << " failed\n";
}

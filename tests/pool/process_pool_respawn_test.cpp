// SPDX-License-Identifier: MIT
// Thousands of workers die in one pool, of SIGKILL and of an exit in turn: descriptors, threads and children stay what
// they were, and memory does not grow with the deaths. PENSTOCK_RESPAWNS sets how many.
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"

#include <csignal>
#include <cstdlib>
#include <deque>
#include <iostream>

namespace penstock::test {
namespace {

void die(bool by_signal) {
    if (by_signal) ::raise(SIGKILL);
    ::_exit(3);
}

int respawns_wanted() {
    if (const char* wanted = std::getenv("PENSTOCK_RESPAWNS")) return std::atoi(wanted);
    return with_sanitizer ? 300 : 10'000;
}

/// What one more death costs, by the difference between two looks.
struct slope {
    double descriptors = 0;
    double threads = 0;
    double children = 0;
    double bytes = 0;

    slope(const process_state& from, const process_state& to, int deaths)
        : descriptors(difference(from.count(), to.count()) / deaths), threads(difference(from.threads, to.threads) / deaths),
          children(difference(from.children, to.children) / deaths), bytes(difference(from.memory, to.memory) / deaths) {}
    static double difference(std::size_t from, std::size_t to) { return static_cast<double>(to) - static_cast<double>(from); }
};

class process_pool_respawn : public pool_test {
protected:
    ~process_pool_respawn() override { expect_back_to(before_); }

    /// So many deaths, as parallel as the workers are.
    void let_die(process_pool& pool, int deaths) {
        std::deque<future<void>> open;
        for (int i = 0; i != deaths || !open.empty();) {
            if (i != deaths && open.size() < 3 * pool.workers()) {
                open.push_back(pool.submit(die, i++ % 2 == 0));
                continue;
            }
            const auto e = error_of<worker_died>(open.front());
            EXPECT_TRUE(e.signal() == SIGKILL || e.exit_status() == 3) << e.what();
            open.pop_front();
        }
    }

private:
    process_state before_ = look_at_this_process();
};

TEST_F(process_pool_respawn, thousands_leave_descriptors_threads_children_and_memory_as_they_were) {
    const hang_guard patient(280);
    process_pool pool{{.workers = 4}};
    const int deaths = respawns_wanted();
    let_die(pool, 100); // caches and pools of memory fill with the first ones
    wake_all(pool);
    const process_state from = look_at_this_process();
    let_die(pool, deaths);
    wake_all(pool);
    expect_back_to(from);
    const slope per_death(from, look_at_this_process(), deaths);
    std::cout << "    " << deaths << " deaths; each leaves " << per_death.descriptors << " descriptors, " << per_death.threads
              << " threads, " << per_death.children << " children, " << per_death.bytes << " bytes\n";
    const bool tells_something = !with_sanitizer && deaths >= 1'000;
    EXPECT_TRUE(!tells_something || per_death.bytes < 1'000) << per_death.bytes << " bytes a death";
    EXPECT_GE(pool.stats().respawns_died, static_cast<std::uint64_t>(deaths));
    expect_works(pool);
}

} // namespace
} // namespace penstock::test

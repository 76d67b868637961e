// SPDX-License-Identifier: MIT
// pool_options and task_options themselves: the order of their members, and the times that no other test is about.
#include "support/pool_test.hpp"
#include "support/stubborn_tasks.hpp"

#include <cstdlib>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

void sleep_at_exit() {
    std::atexit([] { run_until([] { return false; }); });
}
void ignore_sigterm_and_sleep_at_exit() {
    std::signal(SIGTERM, SIG_IGN);
    sleep_at_exit();
}

class process_pool_options : public pool_test {
protected:
    arrivals there_;
    gate release_;
};

// Designated initialisers must follow the order of the members: this order is part of the interface.
TEST_F(process_pool_options, members_can_be_named_in_the_documented_order) {
    process_pool pool{{.workers = 1,
                       .start = start_method::spawn,
                       .preload = {},
                       .initializer = call(do_nothing),
                       .finalizer = call(do_nothing),
                       .max_tasks_per_worker = 1'000,
                       .max_rss_per_worker = std::uint64_t{1} << 50,
                       .idle_timeout = 1h,
                       .max_pending = 100,
                       .max_pending_bytes = 1'000'000,
                       .task_timeout = 1h,
                       .limits = {.core_size = 0},
                       .environment = {.mode = environment_mode::inherit},
                       .output = {.mode = output_mode::inherit},
                       .on_event = [](const pool_event&) {},
                       .start_timeout = 60s,
                       .grace = 5s,
                       .max_payload = 1'000'000}};
    EXPECT_EQ(outcome_of(pool.submit({.timeout = 1h, .retry = {.max_attempts = 2, .backoff = 1ms}, .label = "all"}, twice, 4)), 8);
}

TEST_F(process_pool_options, a_start_timeout_holds_for_the_initializer_and_for_no_task) {
    process_pool pool{{.workers = 1, .initializer = call(do_nothing), .start_timeout = 20s}};
    EXPECT_EQ(outcome_of(pool.submit(twice, 4)), 8);
    EXPECT_EQ(pool.stats().respawns_died, 0u);
}

TEST_F(process_pool_options, a_slow_initializer_within_the_start_timeout_is_waited_for) {
    process_pool pool{{.workers = 1, .initializer = call(stay, there_.path(), release_.path()), .start_timeout = std::chrono::nanoseconds::max()}};
    auto waiting = pool.submit(own_pid);
    const pid_t worker = there_.next();
    EXPECT_FALSE(waiting.wait_for(200ms));
    EXPECT_EQ(pool.stats().workers, 0u) << "it is not ready";
    release_.open();
    EXPECT_EQ(outcome_of(waiting), worker);
    EXPECT_EQ(pool.stats().workers, 1u);
}

TEST_F(process_pool_options, a_worker_that_does_not_come_to_its_end_has_the_grace_and_no_more) {
    for (const auto prepare : {sleep_at_exit, ignore_sigterm_and_sleep_at_exit}) {
        process_pool pool{{.workers = 2, .initializer = call(prepare), .grace = 30ms}};
        const auto workers = wake_all(pool);
        pool.shutdown();
        for (const pid_t worker : workers) EXPECT_FALSE(lives(worker));
    }
}

} // namespace
} // namespace penstock::test

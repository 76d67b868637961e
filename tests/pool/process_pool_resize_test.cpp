// SPDX-License-Identifier: MIT
// A pool that changes: resize, idle_timeout, reset after pool_broken, broadcast to every worker, wait_idle.
#include "support/event_log.hpp"
#include "support/pool_test.hpp"
#include "tally.hpp"

#include <penstock/init.hpp>

#include <algorithm>
#include <atomic>
#include <filesystem>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

void mark(const std::string& marks) { tally::mark(marks); }
void die() { ::_exit(6); }
/// Of the workers that ran it only those that come after so many succeed.
void fail_at_first(const std::string& marks, std::size_t times) {
    tally::mark(marks);
    if (std::filesystem::file_size(marks) <= times) throw std::runtime_error("not yet");
}
void die_at_first(const std::string& marks, std::size_t times) {
    tally::mark(marks);
    if (std::filesystem::file_size(marks) <= times) ::_exit(8);
}
pid_t mark_and_stay(const std::string& marks, const std::string& arrived, const std::string& gate) {
    tally::mark(marks);
    return stay(arrived, gate);
}

class process_pool_resize : public pool_test {
protected:
    ~process_pool_resize() override { expect_back_to(before_); }

    static bool has_children(std::size_t count) {
        return eventually([&] { return own_children().size() == count; });
    }

    arrivals there_;
    gate release_;
    tally marks_;
    event_log events_;
    process_state before_ = look_at_this_process();
};

TEST_F(process_pool_resize, up_and_down) {
    process_pool pool{{.workers = 1}};
    for (const std::size_t size : {4u, 2u, 5u, 1u, 3u}) {
        pool.resize(size);
        EXPECT_EQ(pool.workers(), size);
        EXPECT_EQ(wake_all(pool).size(), size);
        EXPECT_TRUE(has_children(size)) << "surplus workers are still there";
    }
    EXPECT_EQ(pool.stats().respawns_died, 0u);
    EXPECT_EQ(pool.stats().respawns_recycled, 0u) << "nobody was replaced";
}

TEST_F(process_pool_resize, zero_is_one_for_each_cpu) {
    process_pool pool{{.workers = 1}};
    pool.resize(0);
    EXPECT_EQ(pool.workers(), available_cpus());
    EXPECT_EQ(wake_all(pool).size(), available_cpus());
}

TEST_F(process_pool_resize, down_while_busy_lets_every_task_end) {
    process_pool pool{{.workers = 4, .on_event = events_.function()}};
    std::vector<future<pid_t>> held;
    for (int i = 0; i != 4; ++i) held.push_back(pool.submit(stay, there_.path(), release_.path()));
    for (int i = 0; i != 4; ++i) there_.next();
    std::vector<future<int>> waiting;
    for (int i = 0; i != 100; ++i) waiting.push_back(pool.submit(twice, i));
    pool.resize(1);
    EXPECT_EQ(own_children().size(), 4u) << "they are busy";
    release_.open();
    for (auto& each : held) EXPECT_GT(outcome_of(each), 0);
    for (int i = 0; i != 100; ++i) EXPECT_EQ(outcome_of(waiting[static_cast<std::size_t>(i)]), 2 * i);
    EXPECT_TRUE(has_children(1));
    ASSERT_TRUE(events_.wait_for(pool_event_kind::recycled, 3));
    for (const auto& event : events_.of(pool_event_kind::recycled)) EXPECT_NE(event.reason.find("smaller"), std::string::npos) << event.reason;
    EXPECT_EQ(events_.count(pool_event_kind::died), 0u);
}

TEST_F(process_pool_resize, down_and_up_again_while_busy_keeps_the_workers) {
    process_pool pool{{.workers = 3}};
    std::vector<future<pid_t>> held;
    std::set<pid_t> pids;
    for (int i = 0; i != 3; ++i) held.push_back(pool.submit(stay, there_.path(), release_.path()));
    for (int i = 0; i != 3; ++i) pids.insert(there_.next());
    pool.resize(1);
    pool.resize(3);
    release_.open();
    for (auto& each : held) outcome_of(each);
    EXPECT_EQ(wake_all(pool), pids);
}

TEST_F(process_pool_resize, under_load_from_another_thread_loses_nothing) {
    process_pool pool{{.workers = 2}};
    std::atomic<bool> over{false};
    std::thread resizing([&] {
        for (std::size_t i = 0; !over; ++i) pool.resize(1 + i % 5);
    });
    std::vector<future<int>> all;
    for (int i = 0; i != 2'000; ++i) all.push_back(pool.submit(twice, i));
    for (int i = 0; i != 2'000; ++i) EXPECT_EQ(outcome_of(all[static_cast<std::size_t>(i)]), 2 * i);
    for (int i = 0; i != 20; ++i)
        for (auto& each : pool.broadcast(twice, i)) EXPECT_EQ(outcome_of(each), 2 * i);
    over = true;
    resizing.join();
    expect_works(pool);
}

TEST_F(process_pool_resize, of_a_pool_that_was_shut_down_is_refused) {
    process_pool pool{{.workers = 1}};
    EXPECT_THROW(pool.resize(1'000'000'000), std::invalid_argument);
    pool.shutdown();
    EXPECT_THROW(pool.resize(2), pool_closed);
    EXPECT_THROW(pool.reset(), pool_closed);
}

TEST_F(process_pool_resize, idle_workers_go_and_work_wakes_them_again) {
    process_pool pool{{.workers = 3, .idle_timeout = 20ms, .on_event = events_.function()}};
    for (int round = 0; round != 3; ++round) {
        EXPECT_EQ(wake_all(pool).size(), 3u);
        EXPECT_TRUE(has_children(0));
        EXPECT_EQ(pool.workers(), 3u) << "the pool still is to have them";
        EXPECT_TRUE(eventually([&] { return pool.stats().workers == 0; }));
        EXPECT_EQ(outcome_of(pool.submit(twice, round)), 2 * round);
    }
    for (const auto& event : events_.of(pool_event_kind::recycled)) EXPECT_NE(event.reason.find("idle_timeout"), std::string::npos) << event.reason;
    EXPECT_EQ(events_.count(pool_event_kind::died), 0u);
    EXPECT_EQ(pool.stats().respawns_died + pool.stats().respawns_recycled, 0u);
}

TEST_F(process_pool_resize, only_idle_workers_go) {
    process_pool pool{{.workers = 2, .idle_timeout = 10ms}};
    auto held = pool.submit(stay, there_.path(), release_.path());
    const pid_t busy = there_.next();
    EXPECT_TRUE(has_children(1));
    EXPECT_TRUE(lives(busy));
    EXPECT_EQ(outcome_of(pool.submit(twice, 1)), 2) << "another one wakes";
    release_.open();
    EXPECT_EQ(outcome_of(held), busy);
}

TEST_F(process_pool_resize, a_broadcast_wakes_everybody) {
    process_pool pool{{.workers = 3, .idle_timeout = 10ms}};
    wake_all(pool);
    EXPECT_TRUE(has_children(0));
    std::set<pid_t> pids;
    for (auto& each : pool.broadcast(own_pid)) pids.insert(outcome_of(each));
    EXPECT_EQ(pids.size(), 3u);
}

TEST_F(process_pool_resize, a_pool_at_rest_ends_in_every_way) {
    for (const auto mode : {shutdown_mode::drain, shutdown_mode::cancel_pending, shutdown_mode::kill}) {
        process_pool pool{{.workers = 2, .idle_timeout = 5ms}};
        EXPECT_TRUE(has_children(0));
        pool.shutdown(mode);
    }
}

// A task that waits for its second attempt while all workers are at rest.
TEST_F(process_pool_resize, a_pool_at_rest_drains_what_waits_for_its_next_attempt) {
    process_pool pool{{.workers = 3, .idle_timeout = 5ms}};
    auto again = pool.submit({.retry = {.max_attempts = 2, .backoff = 300ms}}, die_at_first, marks_.path(), 1u);
    EXPECT_TRUE(has_children(0));
    pool.shutdown();
    ASSERT_TRUE(again.ready());
    outcome_of(again);
}

TEST_F(process_pool_resize, reset_re_arms_a_pool_whose_initializer_threw) {
    process_pool pool{{.workers = 1, .initializer = call(fail_at_first, marks_.path(), 2u)}};
    for (int i = 0; i != 2; ++i) {
        const auto e = error_of<pool_broken>(pool.submit(twice, 1));
        EXPECT_NE(std::string(e.what()).find("not yet"), std::string::npos) << e.what();
        EXPECT_EQ(e.causes().size(), 1u) << "of this time alone";
        pool.reset();
    }
    expect_works(pool);
    pool.reset(); // does nothing to a pool that works
    expect_works(pool);
    EXPECT_EQ(marks_.count(), 3u);
}

TEST_F(process_pool_resize, reset_gives_a_new_restart_budget) {
    process_pool pool{{.workers = 1, .initializer = call(die_at_first, marks_.path(), 11u)}};
    error_of<pool_broken>(pool.submit(twice, 1)); // 5 deaths are allowed, the sixth breaks it
    EXPECT_EQ(marks_.count(), 6u);
    error_of<pool_broken>(pool.submit(twice, 1));
    EXPECT_EQ(marks_.count(), 6u) << "a broken pool starts nobody";
    pool.reset();
    EXPECT_EQ(outcome_of(pool.submit(twice, 4)), 8) << "five more deaths and the twelfth is ready";
    EXPECT_EQ(marks_.count(), 12u);
}

TEST_F(process_pool_resize, a_broken_pool_can_be_shut_down) {
    process_pool pool{{.workers = 2, .initializer = call(fail_at_first, marks_.path(), 99u)}};
    error_of<pool_broken>(pool.submit(twice, 1));
    pool.shutdown();
    EXPECT_THROW(static_cast<void>(pool.submit(twice, 1)), pool_closed);
}

TEST_F(process_pool_resize, broadcast_runs_once_on_every_worker) {
    process_pool pool{{.workers = 4}};
    const std::set<pid_t> workers = wake_all(pool);
    for (int round = 0; round != 20; ++round) {
        std::set<pid_t> seen;
        auto all = pool.broadcast(own_pid);
        ASSERT_EQ(all.size(), 4u);
        for (auto& each : all) seen.insert(outcome_of(each));
        EXPECT_EQ(seen, workers);
    }
    for (auto& each : pool.broadcast(mark, marks_.path())) outcome_of(each);
    EXPECT_EQ(marks_.count(), 4u);
}

TEST_F(process_pool_resize, broadcast_waits_for_busy_workers_and_for_no_other) {
    process_pool pool{{.workers = 2}};
    auto held = pool.submit(stay, there_.path(), release_.path());
    const pid_t busy = there_.next();
    auto all = pool.broadcast(own_pid);
    EXPECT_TRUE(eventually([&] { return all[0].ready() || all[1].ready(); }));
    EXPECT_FALSE(all[0].ready() && all[1].ready());
    release_.open();
    std::set<pid_t> seen{outcome_of(all[0]), outcome_of(all[1])};
    EXPECT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen.count(busy), 1u);
    outcome_of(held);
}

TEST_F(process_pool_resize, a_worker_that_dies_before_its_broadcast_leaves_it_to_its_successor) {
    process_pool pool{{.workers = 1}};
    auto held = pool.submit(mark_and_stay, marks_.path(), there_.path(), release_.path());
    const pid_t victim = there_.next();
    auto all = pool.broadcast(own_pid);
    ASSERT_EQ(::kill(victim, SIGKILL), 0);
    error_of<worker_died>(held);
    const pid_t successor = outcome_of(all[0]);
    EXPECT_NE(successor, victim);
    EXPECT_EQ(outcome_of(pool.submit(own_pid)), successor);
}

TEST_F(process_pool_resize, a_death_in_a_broadcast_fails_that_one_alone) {
    process_pool pool{{.workers = 3}};
    for (auto& each : pool.broadcast(die)) EXPECT_EQ(error_of<worker_died>(each).exit_status(), 6);
    expect_works(pool);
}

TEST_F(process_pool_resize, a_broadcast_can_be_cancelled_and_drained) {
    process_pool pool{{.workers = 1}};
    auto held = pool.submit(stay, there_.path(), release_.path());
    there_.next();
    auto never = pool.broadcast(mark, marks_.path());
    auto drained = pool.broadcast(twice, 4);
    EXPECT_EQ(pool.stats().queued, 2u);
    EXPECT_TRUE(never[0].cancel());
    std::thread draining([&] { pool.shutdown(); });
    release_.open();
    draining.join();
    EXPECT_EQ(outcome_of(drained[0]), 8);
    error_of<task_cancelled>(never[0]);
    EXPECT_EQ(marks_.count(), 0u);
    outcome_of(held);
}

TEST_F(process_pool_resize, wait_idle_waits_for_everything_and_the_pool_goes_on) {
    process_pool pool{{.workers = 2}};
    pool.wait_idle();
    for (int round = 0; round != 5; ++round) {
        std::vector<future<int>> all;
        for (int i = 0; i != 100; ++i) all.push_back(pool.submit(twice, i));
        all.push_back(pool.broadcast(twice, 1).front().valid() ? pool.submit(twice, 1) : future<int>());
        static_cast<void>(pool.submit({.retry = {.max_attempts = 2, .backoff = 10ms}}, die));
        pool.wait_idle();
        for (auto& each : all) EXPECT_TRUE(each.ready());
        const auto stats = pool.stats();
        EXPECT_EQ(stats.queued + stats.running, 0u);
    }
}

} // namespace
} // namespace penstock::test

// SPDX-License-Identifier: MIT
// Workers that are replaced in order: max_tasks_per_worker, max_rss_per_worker; nothing is lost. And the finalizer, which
// runs at every end in order, whatever it does itself.
#include "support/event_log.hpp"
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"
#include "support/stubborn_tasks.hpp"
#include "tally.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t mib = 1024 * 1024;

void mark(const std::string& marks) { tally::mark(marks); }
void mark_and_throw(const std::string& marks) {
    tally::mark(marks);
    throw std::runtime_error("at the end");
}
void mark_and_hang(const std::string& marks) {
    tally::mark(marks);
    run_until([] { return false; });
}
void mark_and_exit(const std::string& marks) {
    tally::mark(marks);
    std::exit(3);
}
void mark_and_end_thread(const std::string& marks) {
    tally::mark(marks);
    ::pthread_exit(nullptr);
}
std::string* kept = nullptr;
pid_t keep(std::size_t bytes) {
    delete kept;
    kept = new std::string(bytes, 'x');
    return ::getpid();
}
void die() { ::_exit(4); }

class process_pool_recycle : public pool_test {
protected:
    ~process_pool_recycle() override { expect_back_to(before_); }

    std::vector<std::string> reasons() const {
        std::vector<std::string> all;
        for (const pool_event& event : events_.of(pool_event_kind::recycled)) all.push_back(event.reason);
        return all;
    }

    arrivals there_;
    gate release_;
    tally marks_;
    event_log events_;
    process_state before_ = look_at_this_process();
};

TEST_F(process_pool_recycle, after_max_tasks_jittered_and_nothing_is_lost) {
    constexpr std::size_t most = 40;
    constexpr int tasks = 2'000;
    std::map<pid_t, std::size_t> tasks_of;
    {
        process_pool pool{{.workers = 3, .max_tasks_per_worker = most, .on_event = events_.function()}};
        std::vector<future<pid_t>> all;
        for (int i = 0; i != tasks; ++i) all.push_back(pool.submit(own_pid));
        for (auto& each : all) ++tasks_of[outcome_of(each)];
        EXPECT_EQ(pool.stats().done, std::uint64_t{tasks});
        EXPECT_EQ(pool.stats().respawns_died, 0u);
        EXPECT_GE(pool.stats().respawns_recycled, 40u);
    }
    const auto recycled = events_.of(pool_event_kind::recycled);
    std::set<std::size_t> counts;
    for (const pool_event& event : recycled) {
        EXPECT_NE(event.reason.find("max_tasks_per_worker"), std::string::npos) << event.reason;
        counts.insert(tasks_of[event.pid]);
    }
    ASSERT_GE(recycled.size(), 40u);
    EXPECT_GE(*counts.begin(), most - most / 4);
    EXPECT_LE(*counts.rbegin(), most);
    EXPECT_GT(counts.size(), 1u) << "all would be replaced at once";
    EXPECT_EQ(events_.count(pool_event_kind::died), 0u);
}

TEST_F(process_pool_recycle, one_task_a_worker) {
    process_pool pool{{.workers = 2, .max_tasks_per_worker = 1}};
    std::set<pid_t> seen;
    std::vector<future<pid_t>> all;
    for (int i = 0; i != 30; ++i) all.push_back(pool.submit(own_pid));
    for (auto& each : all) seen.insert(outcome_of(each));
    EXPECT_EQ(seen.size(), 30u);
}

TEST_F(process_pool_recycle, what_waits_behind_the_last_task_of_a_worker_runs_on_the_next) {
    process_pool pool{{.workers = 1, .max_tasks_per_worker = 8}};
    std::vector<future<int>> all;
    for (int i = 0; i != 500; ++i) all.push_back(pool.submit(twice, i));
    auto held = pool.submit(stay, there_.path(), release_.path());
    for (int i = 0; i != 100; ++i) all.push_back(pool.submit(twice, 500 + i));
    there_.next();
    release_.open();
    for (int i = 0; i != 600; ++i) EXPECT_EQ(outcome_of(all[static_cast<std::size_t>(i)]), 2 * i);
    outcome_of(held);
}

TEST_F(process_pool_recycle, after_a_task_that_left_too_much_memory) {
    if (with_sanitizer) GTEST_SKIP() << "sanitizers keep memory of their own";
    process_pool pool{{.workers = 1, .max_rss_per_worker = 200 * mib, .on_event = events_.function()}};
    const pid_t first = outcome_of(pool.submit(keep, 10 * mib));
    EXPECT_EQ(outcome_of(pool.submit(keep, 20 * mib)), first) << "below the limit";
    EXPECT_EQ(outcome_of(pool.submit(keep, 300 * mib)), first);
    EXPECT_NE(outcome_of(pool.submit(own_pid)), first);
    ASSERT_TRUE(events_.wait_for(pool_event_kind::recycled, 1));
    const pool_event event = events_.of(pool_event_kind::recycled).front();
    EXPECT_EQ(event.pid, first);
    EXPECT_NE(event.reason.find("max_rss_per_worker"), std::string::npos) << event.reason;
    EXPECT_EQ(pool.stats().respawns_recycled, 1u);
}

TEST_F(process_pool_recycle, the_finalizer_runs_at_every_end_in_order) {
    {
        process_pool pool{{.workers = 1, .finalizer = call(mark, marks_.path()), .max_tasks_per_worker = 1, .on_event = events_.function()}};
        for (int i = 0; i != 5; ++i) EXPECT_EQ(outcome_of(pool.submit(twice, i)), 2 * i);
        error_of<worker_died>(pool.submit(die)); // no end in order
    }
    EXPECT_EQ(marks_.count(), events_.count(pool_event_kind::started) - 1);
}

TEST_F(process_pool_recycle, the_finalizer_runs_after_the_last_task_of_a_pool_that_drains) {
    {
        process_pool pool{{.workers = 3, .finalizer = call(mark, marks_.path())}};
        wake_all(pool);
        for (int i = 0; i != 50; ++i) static_cast<void>(pool.submit(twice, i));
        pool.shutdown(shutdown_mode::drain);
        EXPECT_EQ(marks_.count(), 3u) << "workers are gone when shutdown returns, and their finalizers have run";
    }
    EXPECT_EQ(marks_.count(), 3u);
}

TEST_F(process_pool_recycle, no_finalizer_in_a_pool_that_is_killed) {
    process_pool pool{{.workers = 2, .finalizer = call(mark, marks_.path())}};
    wake_all(pool);
    pool.shutdown(shutdown_mode::kill);
    EXPECT_EQ(marks_.count(), 0u);
}

TEST_F(process_pool_recycle, a_finalizer_that_throws_exits_or_ends_its_thread_harms_nobody) {
    const silence quiet;
    for (const auto finalizer : {mark_and_throw, mark_and_exit, mark_and_end_thread}) {
        const tally marks;
        event_log events;
        process_pool pool{
            {.workers = 1, .finalizer = call(finalizer, marks.path()), .max_tasks_per_worker = 1, .on_event = events.function()}};
        for (int i = 0; i != 5; ++i) EXPECT_EQ(outcome_of(pool.submit(twice, i)), 2 * i);
        pool.shutdown();
        EXPECT_GE(marks.count(), 5u);
        EXPECT_EQ(pool.stats().failed, 0u);
        EXPECT_EQ(pool.stats().respawns_died, 0u) << "they were asked to end, and did";
        EXPECT_EQ(events.count(pool_event_kind::died), 0u);
    }
}

TEST_F(process_pool_recycle, a_finalizer_that_hangs_is_ended_after_the_grace) {
    process_pool pool{{.workers = 1, .finalizer = call(mark_and_hang, marks_.path()), .max_tasks_per_worker = 1, .grace = 30ms}};
    for (int i = 0; i != 3; ++i) EXPECT_EQ(outcome_of(pool.submit(twice, i)), 2 * i);
    pool.shutdown();
    EXPECT_GE(marks_.count(), 3u);
    EXPECT_TRUE(own_children().empty());
}

// It has the whole grace: with a long one, shutdown waits for it.
TEST_F(process_pool_recycle, a_finalizer_has_its_time) {
    process_pool pool{{.workers = 1, .finalizer = call(stay, there_.path(), release_.path()), .grace = 60s}};
    EXPECT_EQ(outcome_of(pool.submit(twice, 1)), 2);
    std::thread ending([&] { pool.shutdown(); });
    const pid_t worker = there_.next();
    EXPECT_TRUE(lives(worker));
    release_.open();
    ending.join();
    EXPECT_FALSE(lives(worker));
}

TEST_F(process_pool_recycle, a_broadcast_reaches_the_successor) {
    process_pool pool{{.workers = 2, .max_tasks_per_worker = 1}};
    for (int round = 0; round != 10; ++round) {
        std::set<pid_t> pids;
        auto all = pool.broadcast(own_pid);
        auto behind = pool.broadcast(own_pid);
        for (auto& each : all) pids.insert(outcome_of(each));
        for (auto& each : behind) pids.insert(outcome_of(each));
        EXPECT_EQ(pids.size(), 4u);
    }
}

TEST_F(process_pool_recycle, with_deaths_and_deadlines_in_between_nothing_is_lost) {
    process_pool pool{{.workers = 3, .max_tasks_per_worker = 5, .grace = 20ms}};
    std::vector<future<int>> good;
    std::vector<future<void>> bad;
    std::vector<future<pid_t>> late;
    for (int i = 0; i != 300; ++i) {
        good.push_back(pool.submit(twice, i));
        if (i % 30 == 7) bad.push_back(pool.submit(die));
        if (i % 60 == 11) late.push_back(pool.submit({.timeout = 10ms}, ignore, there_.path()));
    }
    for (int i = 0; i != 300; ++i) EXPECT_EQ(outcome_of(good[static_cast<std::size_t>(i)]), 2 * i);
    for (auto& each : bad) error_of<worker_died>(each);
    for (auto& each : late) error_of<task_timeout>(each);
    expect_works(pool);
}

} // namespace
} // namespace penstock::test

// SPDX-License-Identifier: MIT
// process_pool::stats(): every task is counted once for how it ended, and every attempt in both histograms.
#include "support/payload.hpp"
#include "support/pool_test.hpp"
#include "support/stubborn_tasks.hpp"

#include <numeric>
#include <optional>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

void die() { ::_exit(1); }
int throw_it() { throw std::runtime_error("on purpose"); }
std::string echo(std::string text) { return text; }
struct does_not_cross {
    template <class Archive>
    void save(Archive&) const { throw std::runtime_error("not today"); }
    template <class Archive>
    void load(Archive&) {}
};
does_not_cross answer_that_does_not_cross() { return {}; }
/// How many entries of a histogram are at least so long, to the power of two below.
std::uint64_t at_least(const duration_histogram& histogram, std::chrono::microseconds limit) {
    duration_histogram one;
    one.add(limit);
    std::size_t first = 0;
    while (one.buckets[first] == 0) ++first;
    return std::accumulate(histogram.buckets.begin() + static_cast<std::ptrdiff_t>(first), histogram.buckets.end(), std::uint64_t{0});
}

class process_pool_stats : public pool_test {
protected:
    arrivals there_;
    gate release_;
};

TEST(duration_histogram, counts_by_powers_of_two) {
    duration_histogram h;
    for (const auto each : {-1s, 0s}) h.add(each);
    h.add(999ns);
    EXPECT_EQ(h.buckets[0], 3u);
    h.add(1us);
    EXPECT_EQ(h.buckets[1], 1u);
    h.add(2us);
    h.add(3us);
    EXPECT_EQ(h.buckets[2], 2u);
    h.add(1024us);
    EXPECT_EQ(h.buckets[11], 1u);
    h.add(std::chrono::nanoseconds::max());
    EXPECT_EQ(h.buckets[31], 1u);
    EXPECT_EQ(h.count(), 8u);
}

TEST_F(process_pool_stats, every_way_to_end_is_counted_once) {
    process_pool pool{{.workers = 2, .grace = 20ms}};
    for (int i = 0; i != 100; ++i) outcome_of(pool.submit(twice, i));
    for (int i = 0; i != 3; ++i) error_of<std::runtime_error>(pool.submit(throw_it));
    for (int i = 0; i != 2; ++i) error_of<worker_died>(pool.submit(die));
    auto undelivered = pool.submit(answer_that_does_not_cross);
    EXPECT_THROW(static_cast<void>(outcome_of(undelivered)), payload_error);
    error_of<task_timeout>(pool.submit({.timeout = 10ms}, obey, there_.path()));
    there_.next();
    auto running = pool.submit(ignore, there_.path());
    there_.next();
    running.cancel(force);
    error_of<task_cancelled>(running);
    const auto stats = pool.stats();
    EXPECT_EQ(stats.done, 100u);
    EXPECT_EQ(stats.failed, 6u);
    EXPECT_EQ(stats.timed_out, 1u);
    EXPECT_EQ(stats.cancelled, 1u);
    EXPECT_EQ(stats.retried, 0u);
    EXPECT_EQ(stats.respawns_died, 3u);
    EXPECT_EQ(stats.wait.count(), 108u);
    EXPECT_EQ(stats.run.count(), 108u);
}

TEST_F(process_pool_stats, queued_and_running_are_what_is_not_done) {
    process_pool pool{{.workers = 2}};
    wake_all(pool);
    EXPECT_EQ(pool.stats().workers, 2u);
    std::vector<future<pid_t>> held;
    for (int i = 0; i != 2; ++i) held.push_back(pool.submit(stay, there_.path(), release_.path()));
    for (int i = 0; i != 2; ++i) there_.next();
    std::vector<future<int>> waiting;
    for (int i = 0; i != 50; ++i) waiting.push_back(pool.submit(twice, i));
    auto all = pool.broadcast(twice, 1);
    EXPECT_TRUE(waiting.back().cancel());
    const auto stats = pool.stats();
    EXPECT_EQ(stats.running, 2u);
    EXPECT_EQ(stats.queued, 51u);
    EXPECT_EQ(stats.cancelled, 1u);
    EXPECT_EQ(stats.done, 2u);
    release_.open();
    pool.wait_idle();
    EXPECT_EQ(pool.stats().queued + pool.stats().running, 0u);
    EXPECT_EQ(pool.stats().done, 2u + 2u + 49u + 2u);
}

// Short tasks are fetched ahead: those that were behind another one count as well.
TEST_F(process_pool_stats, every_task_is_in_both_histograms) {
    process_pool pool{{.workers = 2}};
    std::vector<future<int>> all;
    for (int i = 0; i != 5'000; ++i) all.push_back(pool.submit(twice, i));
    for (auto& each : all) outcome_of(each);
    pool.wait_idle();
    const auto stats = pool.stats();
    EXPECT_EQ(stats.done, 5'000u);
    EXPECT_EQ(stats.wait.count(), 5'000u);
    EXPECT_EQ(stats.run.count(), 5'000u);
}

TEST_F(process_pool_stats, the_histograms_tell_how_long) {
    process_pool pool{{.workers = 1}};
    auto held = pool.submit(stay, there_.path(), release_.path());
    there_.next();
    auto waiting = pool.submit(twice, 1);
    EXPECT_FALSE(held.wait_for(2'200ms)) << "longer than a worker can tell in an answer (1.07 s)";
    release_.open();
    outcome_of(held);
    outcome_of(waiting);
    const auto stats = pool.stats();
    EXPECT_EQ(at_least(stats.run, 2'097'152us), 1u);
    EXPECT_EQ(at_least(stats.wait, 2'097'152us), 1u);
}

TEST_F(process_pool_stats, bytes_are_counted_each_way) {
    process_pool pool{{.workers = 1}};
    const auto before = pool.stats();
    for (const std::size_t size : {10u, 5'000u, 3'000'000u}) EXPECT_EQ(outcome_of(pool.submit(echo, random_text(size))).size(), size);
    const auto stats = pool.stats();
    for (const std::uint64_t bytes : {stats.bytes_sent - before.bytes_sent, stats.bytes_received - before.bytes_received}) {
        EXPECT_GE(bytes, 3'005'010u);
        EXPECT_LE(bytes, 3'005'010u + 3 * 64);
    }
}

TEST_F(process_pool_stats, attempts_and_respawns_by_reason) {
    process_pool pool{{.workers = 1, .max_tasks_per_worker = 1}};
    error_of<worker_died>(pool.submit({.retry = {.max_attempts = 3}}, die));
    for (int i = 0; i != 5; ++i) outcome_of(pool.submit(twice, i));
    EXPECT_TRUE(eventually([&] { return pool.stats().respawns_recycled == 5; }));
    const auto stats = pool.stats();
    EXPECT_EQ(stats.retried, 2u);
    EXPECT_EQ(stats.failed, 1u);
    EXPECT_EQ(stats.respawns_died, 3u);
    EXPECT_EQ(stats.wait.count(), 8u);
    EXPECT_EQ(stats.run.count(), 8u);
}

TEST_F(process_pool_stats, the_end_of_a_pool_counts_what_it_takes_with_it) {
    for (const auto mode : {shutdown_mode::cancel_pending, shutdown_mode::kill}) {
        const arrivals there;
        const gate release;
        process_pool pool{{.workers = 1}};
        auto held = pool.submit(stay, there.path(), release.path());
        there.next();
        std::vector<future<int>> waiting;
        for (int i = 0; i != 20; ++i) waiting.push_back(pool.submit(twice, i));
        std::thread ending([&] { pool.shutdown(mode); });
        for (auto& each : waiting) EXPECT_THROW(outcome_of(each), penstock::error);
        release.open();
        ending.join();
        const auto stats = pool.stats();
        EXPECT_EQ(stats.cancelled, mode == shutdown_mode::kill ? 21u : 20u);
        EXPECT_EQ(stats.done, mode == shutdown_mode::kill ? 0u : 1u);
        EXPECT_EQ(stats.queued + stats.running, 0u);
        EXPECT_EQ(stats.workers, 0u);
    }
}

TEST_F(process_pool_stats, a_broken_pool_fails_its_tasks) {
    process_pool pool{{.workers = 1, .initializer = call([](const std::string& arrived, const std::string& gate) {
                           stay(arrived, gate);
                           throw std::runtime_error("on purpose");
                       }, there_.path(), release_.path())}};
    there_.next();
    std::vector<future<int>> waiting;
    for (int i = 0; i != 10; ++i) waiting.push_back(pool.submit(twice, i));
    EXPECT_EQ(pool.stats().queued, 10u);
    release_.open();
    for (auto& each : waiting) error_of<pool_broken>(each);
    EXPECT_EQ(pool.stats().failed, 10u);
    EXPECT_EQ(pool.stats().cancelled, 0u);
}

} // namespace
} // namespace penstock::test

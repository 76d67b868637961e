// SPDX-License-Identifier: MIT
// The three ways to end a pool, from several threads, racing with submit, with workers that do not want to end.
#include "support/payload.hpp"
#include "support/pool_test.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

int next_of(int x) { return x + 1; }
std::size_t length(const std::string& text) { return text.size(); }
/// From now on this worker neither obeys SIGTERM nor comes to an end when it exits.
pid_t refuse_to_end() {
    std::signal(SIGTERM, SIG_IGN);
    std::atexit([] {
        for (;;) ::pause();
    });
    return ::getpid();
}

class process_pool_shutdown : public pool_test {
protected:
    ~process_pool_shutdown() override { expect_back_to(before_); }

    arrivals there_;
    gate release_;
    process_state before_ = look_at_this_process();
};

TEST_F(process_pool_shutdown, drain_runs_everything) {
    std::vector<future<int>> all;
    {
        process_pool pool{{.workers = 2}};
        for (int i = 0; i != 2'000; ++i) all.push_back(pool.submit(next_of, i));
        pool.shutdown();
        for (auto& each : all) EXPECT_TRUE(each.ready());
        EXPECT_THROW(static_cast<void>(pool.submit(next_of, 1)), pool_closed);
    }
    for (int i = 0; i != 2'000; ++i) EXPECT_EQ(outcome_of(all[static_cast<std::size_t>(i)]), i + 1);
}

TEST_F(process_pool_shutdown, the_destructor_drains) {
    std::vector<future<int>> all;
    {
        process_pool pool{{.workers = 2}};
        for (int i = 0; i != 200; ++i) all.push_back(pool.submit(next_of, i));
    }
    for (int i = 0; i != 200; ++i) {
        auto& each = all[static_cast<std::size_t>(i)];
        ASSERT_TRUE(each.ready());
        EXPECT_EQ(each.get(), i + 1);
    }
}

TEST_F(process_pool_shutdown, cancel_pending_finishes_what_runs) {
    process_pool pool{{.workers = 2}};
    std::vector<future<pid_t>> running;
    for (int i = 0; i != 2; ++i) running.push_back(pool.submit(stay, there_.path(), release_.path()));
    for (int i = 0; i != 2; ++i) there_.next();
    std::vector<future<int>> waiting;
    for (int i = 0; i != 100; ++i) waiting.push_back(pool.submit(next_of, i));
    std::thread ending([&] { pool.shutdown(shutdown_mode::cancel_pending); });
    for (auto& each : waiting) error_of<task_cancelled>(each); // before the running ones may end
    EXPECT_FALSE(running[0].ready());
    release_.open();
    ending.join();
    for (auto& each : running) EXPECT_GT(outcome_of(each), 0);
}

TEST_F(process_pool_shutdown, kill_resolves_everything_with_pool_closed) {
    process_pool pool{{.workers = 2}};
    std::vector<future<pid_t>> running;
    for (int i = 0; i != 2; ++i) running.push_back(pool.submit(stay, there_.path(), release_.path()));
    for (int i = 0; i != 2; ++i) there_.next();
    std::vector<future<int>> waiting;
    for (int i = 0; i != 100; ++i) waiting.push_back(pool.submit(next_of, i));
    pool.shutdown(shutdown_mode::kill);
    for (auto& each : running) error_of<pool_closed>(each);
    for (auto& each : waiting) error_of<pool_closed>(each);
    EXPECT_TRUE(own_children().empty());
}

TEST_F(process_pool_shutdown, kill_in_the_middle_of_large_arguments) {
    for (int round = 0; round != 20; ++round) {
        process_pool pool{{.workers = 2}};
        std::vector<future<std::size_t>> all;
        for (int i = 0; i != 4; ++i) all.push_back(pool.submit(length, random_text(24'000'000)));
        pool.shutdown(shutdown_mode::kill);
        for (auto& each : all) {
            try {
                EXPECT_EQ(outcome_of(each), 24'000'000u);
            } catch (const pool_closed&) { // most of them
            }
        }
    }
}

TEST_F(process_pool_shutdown, a_later_call_may_be_harsher) {
    process_pool pool{{.workers = 1}};
    auto running = pool.submit(stay, there_.path(), release_.path());
    there_.next();
    auto waiting = pool.submit(next_of, 1);
    std::thread gentle([&] { pool.shutdown(shutdown_mode::cancel_pending); });
    error_of<task_cancelled>(waiting);
    pool.shutdown(shutdown_mode::kill);
    gentle.join();
    error_of<pool_closed>(running);
}

TEST_F(process_pool_shutdown, a_worker_that_refuses_to_end_is_killed_after_the_grace) {
    pid_t stubborn = 0;
    {
        process_pool pool{{.workers = 1, .grace = 50ms}};
        stubborn = outcome_of(pool.submit(refuse_to_end));
    }
    EXPECT_FALSE(lives(stubborn));
}

TEST_F(process_pool_shutdown, a_stopped_worker_is_killed_after_the_grace) {
    pid_t stopped = 0;
    {
        process_pool pool{{.workers = 1, .grace = 50ms}};
        stopped = outcome_of(pool.submit(own_pid));
        ASSERT_EQ(::kill(stopped, SIGSTOP), 0);
    }
    EXPECT_FALSE(lives(stopped));
}

TEST_F(process_pool_shutdown, a_pool_whose_worker_was_just_killed_ends) {
    for (int i = 0; i != 60; ++i) {
        process_pool pool{{.workers = 2}};
        const pid_t pid = outcome_of(pool.submit(own_pid));
        kill_and_wait(pid);
        if (i % 3 == 0) pool.shutdown(shutdown_mode::cancel_pending);
        if (i % 3 == 1) pool.shutdown(shutdown_mode::kill);
    }
}

TEST_F(process_pool_shutdown, from_eight_threads_at_once) {
    for (const auto mode : {shutdown_mode::drain, shutdown_mode::cancel_pending, shutdown_mode::kill}) {
        process_pool pool{{.workers = 2}};
        std::vector<future<int>> all;
        for (int i = 0; i != 100; ++i) all.push_back(pool.submit(next_of, i));
        std::vector<std::thread> threads;
        for (int i = 0; i != 8; ++i) threads.emplace_back([&] { pool.shutdown(mode); });
        for (auto& each : threads) each.join();
        for (auto& each : all) EXPECT_TRUE(each.ready());
        pool.shutdown();
    }
}

TEST_F(process_pool_shutdown, from_four_threads_racing_with_submit_from_four_resolves_every_future) {
    for (int round = 0; round != 15; ++round) {
        process_pool pool{{.workers = 2, .max_pending = round % 5 == 0 ? 100u : 20'000u}}; // or memory would be the limit
        std::atomic<int> refused{0};
        std::array<std::vector<future<int>>, 4> taken;
        std::vector<std::thread> threads;
        for (auto& mine : taken)
            threads.emplace_back([&] {
                try {
                    for (int i = 0;; ++i) mine.push_back(pool.submit(next_of, i));
                } catch (const pool_closed&) {
                    ++refused;
                }
            });
        while (outcome_of(pool.submit(next_of, 1)) != 2) {}
        for (int i = 0; i != 4; ++i) // in the last rounds each in a way of its own
            threads.emplace_back([&pool, mode = (round < 9 ? round : round + i) % 3] {
                pool.shutdown(static_cast<shutdown_mode>(mode));
            });
        for (auto& each : threads) each.join();
        EXPECT_EQ(refused, 4);
        for (auto& mine : taken)
            for (auto& each : mine) EXPECT_TRUE(each.ready());
    }
}

TEST_F(process_pool_shutdown, a_pool_without_work_ends_while_its_workers_start) {
    for (int i = 0; i != 30; ++i) {
        process_pool pool{{.workers = 2}};
        if (i % 3 != 0) pool.shutdown(static_cast<shutdown_mode>(i % 3));
    }
}

TEST_F(process_pool_shutdown, a_hundred_pools_leave_nothing_behind) {
    for (int i = 0; i != 100; ++i) {
        process_pool pool{{.workers = 2}};
        EXPECT_EQ(outcome_of(pool.submit(next_of, i)), i + 1);
    }
}

TEST_F(process_pool_shutdown, a_future_outlives_its_pool) {
    future<int> kept;
    {
        process_pool pool{{.workers = 1}};
        kept = pool.submit(next_of, 1);
        static_cast<void>(pool.submit(next_of, 2)); // dropped at once
    }
    EXPECT_FALSE(kept.cancel());
    EXPECT_EQ(outcome_of(kept), 2);
}

} // namespace
} // namespace penstock::test

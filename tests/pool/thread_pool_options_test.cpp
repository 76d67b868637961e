// SPDX-License-Identifier: MIT
// Every option of a thread pool is honoured or refused: none is taken and ignored.
#include "contract/tools.hpp"
#include "support/refusal.hpp"
#include "support/waiting.hpp"

#include <penstock/thread_pool.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

std::string refusal_of(const pool_options& options) {
    return refusal([&] { const thread_pool pool(options); });
}

class thread_pool_options : public ::testing::Test {
protected:
    hang_guard guard;
};

TEST_F(thread_pool_options, that_only_make_sense_for_processes_are_refused_by_name) {
    worker_limits limits;
    limits.open_files = 64;
    worker_environment clean;
    clean.mode = environment_mode::clean;
    worker_output discard;
    discard.mode = output_mode::discard;
    const std::vector<std::pair<std::string, pool_options>> fields{
        {"start", {.start = start_method::forkserver}},
        {"preload", {.preload = call(do_nothing)}},
        {"max_tasks_per_worker", {.max_tasks_per_worker = 1}},
        {"max_rss_per_worker", {.max_rss_per_worker = 1}},
        {"idle_timeout", {.idle_timeout = 1s}},
        {"batches", {.batches = batching::never}},
        {"spin", {.spin = spinning::never}},
        {"max_pending_bytes", {.max_pending_bytes = 1}},
        {"limits", {.limits = limits}},
        {"environment", {.environment = clean}},
        {"output", {.output = discard}},
        {"on_event", {.on_event = [](const pool_event&) {}}},
        {"start_timeout", {.start_timeout = 1s}},
        {"grace", {.grace = 1s}},
        {"max_payload", {.max_payload = 1}},
    };
    for (const auto& [name, options] : fields)
        EXPECT_EQ(refusal_of(options),
                  "penstock: thread_pool: " + name + " is for process pools only; leave it at its default");
    EXPECT_NE(refusal_of({.task_timeout = -1ns}).find("task_timeout"), std::string::npos);
}

TEST_F(thread_pool_options, of_a_task_that_cannot_be_honoured_are_refused_by_name) {
    thread_pool pool{{.workers = 1}};
    const auto of = [&](const task_options& options) {
        return refusal([&] { static_cast<void>(pool.submit(options, do_nothing)); });
    };
    EXPECT_NE(of({.retry = {.max_attempts = 2}}).find("task_options.retry is for process pools only"),
              std::string::npos);
    EXPECT_NE(of({.retry = {.backoff = 1ms}}).find("task_options.retry"), std::string::npos);
    EXPECT_NE(of({.timeout = -1ns}).find("task_options.timeout"), std::string::npos);
    EXPECT_EQ(of({.retry = {.max_attempts = 1}}), "taken");
    pool.wait_idle();  // what was refused is not counted
}

TEST_F(thread_pool_options, finalizer_runs_in_every_worker_after_its_last_task) {
    std::atomic<int> initialized{0};
    std::atomic<int> finalized{0};
    std::atomic<int> tasks_after{0};
    static thread_local bool mine = false;
    {
        thread_pool pool{{.workers = 3,
                          .initializer = call([&] { mine = true, ++initialized; }),
                          .finalizer = call([&] { finalized += mine ? 1 : 100; })}};
        for (int i = 0; i != 50; ++i) static_cast<void>(pool.submit([&] { tasks_after += finalized; }));
        pool.wait_idle();
        EXPECT_EQ(finalized, 0);
    }
    EXPECT_EQ(initialized, 3);
    EXPECT_EQ(finalized, 3);
    EXPECT_EQ(tasks_after, 0);
}

TEST_F(thread_pool_options, finalizer_that_throws_is_reported_and_ends_nothing) {
    testing::internal::CaptureStderr();
    {
        thread_pool pool{{.workers = 1, .finalizer = call([] { throw std::runtime_error("cannot flush"); })}};
        EXPECT_EQ(outcome_of(pool.submit(same, 1)), 1);
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "penstock: the finalizer of a thread pool threw: cannot flush\n");
}

TEST_F(thread_pool_options, finalizer_does_not_run_where_the_initializer_failed) {
    std::atomic<int> finalized{0};
    {
        thread_pool pool{{.workers = 2,
                          .initializer = call([] { throw std::runtime_error("no"); }),
                          .finalizer = call([&] { ++finalized; })}};
        EXPECT_THROW(outcome_of(pool.submit(same, 1)), pool_broken);
    }
    EXPECT_EQ(finalized, 0);
}

TEST_F(thread_pool_options, max_pending_holds_submit_back) {
    thread_pool pool{{.workers = 1, .max_pending = 3}};
    busy_worker busy(pool);
    std::atomic<int> submitted{1};
    std::atomic<int> finished{0};
    std::atomic<int> most{0};
    std::thread eager([&] {
        for (int i = 0; i != 100; ++i) {
            static_cast<void>(pool.submit([&] {
                most = std::max(most.load(), submitted - finished);
                ++finished;
            }));
            ++submitted;
        }
    });
    EXPECT_TRUE(eventually([&] { return submitted == 3; }));
    EXPECT_FALSE(pool.try_submit(same, 1).has_value());
    EXPECT_EQ(finished, 0);
    finished = 1;  // the busy one, as far as the tasks can tell
    busy.release();
    eager.join();
    pool.wait_idle();
    EXPECT_EQ(finished, 101);
    EXPECT_LE(most, 3);
    auto taken = pool.try_submit(same, 8);
    ASSERT_TRUE(taken);
    EXPECT_EQ(outcome_of(*taken), 8);
}

TEST_F(thread_pool_options, max_pending_throws_where_waiting_would_be_for_oneself) {
    thread_pool pool{{.workers = 1, .max_pending = 1}};
    auto asks = pool.submit([&] { static_cast<void>(pool.submit(same, 1)); });
    EXPECT_THROW(outcome_of(asks), queue_full);
    std::vector<int> values;
    for (const int value : pool.map({.chunk = 1}, same, std::vector{1, 2, 3})) values.push_back(value);
    EXPECT_EQ(values, (std::vector{1, 2, 3}));
}

TEST_F(thread_pool_options, max_pending_lets_go_of_who_waits_when_the_pool_is_shut_down) {
    thread_pool pool{{.workers = 1, .max_pending = 1}};
    busy_worker busy(pool);
    std::thread waiting([&] { EXPECT_THROW(static_cast<void>(pool.submit(same, 1)), pool_closed); });
    std::thread ending([&] { pool.shutdown(shutdown_mode::cancel_pending); });
    waiting.join();  // although the busy task still runs
    EXPECT_FALSE(busy.task().ready());
    busy.release();
    ending.join();
}

} // namespace
} // namespace penstock::test

// SPDX-License-Identifier: MIT
// A pool that runs each task in the call of submit: what that means for threads, options, deadlines and its end. What it
// shares with the other pools: any_pool_contract_test.cpp.
#include "contract/tools.hpp"
#include "support/detached.hpp"
#include "support/refusal.hpp"
#include "support/waiting.hpp"

#include <penstock/inline_pool.hpp>
#include <penstock/this_task.hpp>
#include <penstock/when.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

class inline_pool_suite : public ::testing::Test {
protected:
    hang_guard guard;
    inline_pool pool;
};

TEST_F(inline_pool_suite, runs_a_task_in_the_calling_thread_before_submit_returns) {
    std::thread::id where;
    bool done = false;
    auto answer = pool.submit([&] {
        where = std::this_thread::get_id();
        done = true;
        return 7;
    });
    EXPECT_TRUE(done);
    EXPECT_EQ(where, std::this_thread::get_id());
    EXPECT_TRUE(answer.ready());
    EXPECT_FALSE(answer.running());
    EXPECT_FALSE(answer.cancel());
    EXPECT_FALSE(answer.cancel(force));
    EXPECT_EQ(answer.get(), 7);
    EXPECT_TRUE(has_no_state([&] { answer.get(); }));
    EXPECT_EQ(pool.workers(), 1u);
}

TEST_F(inline_pool_suite, keeps_exceptions_for_get) {
    auto failed = pool.submit([]() -> int { throw std::out_of_range("no row 17"); });
    EXPECT_EQ(message_of<std::out_of_range>(failed), "no row 17");
}

TEST_F(inline_pool_suite, keeps_arguments_as_values_of_its_own) {
    std::string text = "kept";
    EXPECT_EQ(pool.submit([&](std::string_view kept) {
                      text = "changed meanwhile";
                      return std::string(kept);
                  }, text).get(), "kept");
    auto counter = std::make_unique<int>(41);
    EXPECT_EQ(pool.submit([](std::unique_ptr<int> mine) { return *mine + 1; }, std::move(counter)).get(), 42);
    EXPECT_EQ(counter, nullptr); // NOLINT: moved, as after any other call
    int mine = 1;
    pool.submit([](int& yours) { ++yours; }, std::ref(mine)).get();
    EXPECT_EQ(mine, 2);
}

TEST_F(inline_pool_suite, runs_tasks_of_tasks_inside) {
    std::vector<int> order;
    auto outer = pool.submit([&] {
        order.push_back(1);
        pool.submit([&] { order.push_back(2); }).get();
        order.push_back(3);
    });
    outer.get();
    EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST_F(inline_pool_suite, runs_one_task_at_a_time_for_many_threads) {
    std::atomic<bool> second_ran{false};
    std::thread second;
    pool.submit([&] {
            second = std::thread([&] { pool.submit([&] { second_ran = true; }).get(); });
            EXPECT_TRUE(eventually([&] { return pool.stats().queued == 1 || second_ran; }));
            EXPECT_FALSE(second_ran);
        }).get();
    second.join();
    EXPECT_TRUE(second_ran);
}

TEST_F(inline_pool_suite, completes_at_once_in_as_completed_and_in_callbacks) {
    std::vector<future<int>> futures;
    for (int i = 0; i != 3; ++i) futures.push_back(pool.submit(same, i));
    int expected = 0;
    for (auto& each : as_completed(futures)) EXPECT_EQ(each.get(), expected++);
    EXPECT_EQ(expected, 3);
    std::thread::id where;
    auto late = pool.submit(add, 1, 2);
    late.on_done([&](future<int>& done) {
        where = std::this_thread::get_id();
        EXPECT_EQ(done.get(), 3);
    });
    EXPECT_EQ(where, std::this_thread::get_id());
}

TEST_F(inline_pool_suite, tells_a_task_who_it_is_and_takes_its_progress) {
    auto first = pool.submit([] { return this_task::id(); });
    auto second = pool.submit([] {
        this_task::progress(0.5);
        return this_task::id();
    });
    EXPECT_EQ(second.progress(), 0.5);
    EXPECT_EQ(first.get() + 1, second.get());
    EXPECT_EQ(this_task::id(), 0u);
}

TEST_F(inline_pool_suite, asks_a_task_past_its_deadline_to_stop_and_drops_what_it_returns) {
    const auto until_asked = [] {
        while (!this_task::stop_requested()) std::this_thread::yield();
        return 7;
    };
    auto late = pool.submit({.timeout = 1ms, .label = "tile 17"}, until_asked);
    EXPECT_NE(message_of<task_timeout>(late).find("tile 17"), std::string::npos);
    auto by_token = pool.submit({.timeout = 1ms}, [](std::stop_token token) {
        event asked;
        const std::stop_callback tell(token, [&] { asked.set(); });
        EXPECT_TRUE(asked.wait());
    });
    EXPECT_THROW(by_token.get(), task_timeout);
    inline_pool limited{{.task_timeout = 1ms}};
    EXPECT_THROW(limited.submit(until_asked).get(), task_timeout);
    EXPECT_EQ(limited.submit({.timeout = 1h}, [] { return this_task::stop_requested(); }).get(), false);
    EXPECT_EQ(limited.stats().timed_out, 1u);
}

TEST_F(inline_pool_suite, refuses_options_that_it_cannot_honour) {
    worker_limits limits;
    limits.open_files = 64;
    const std::vector<std::pair<std::string, pool_options>> fields{
        {"start", {.start = start_method::forkserver}}, {"max_tasks_per_worker", {.max_tasks_per_worker = 1}},
        {"idle_timeout", {.idle_timeout = 1s}},         {"limits", {.limits = limits}},
        {"grace", {.grace = 1s}},                       {"on_event", {.on_event = [](const pool_event&) {}}},
    };
    for (const auto& [name, options] : fields)
        EXPECT_EQ(refusal([&, &given = options] { const inline_pool refused(given); }),
                  "penstock: inline_pool: " + name + " is for process pools only; leave it at its default");
    EXPECT_NE(refusal([] { const inline_pool refused{{.workers = 2}}; }).find("workers is 2"), std::string::npos);
    EXPECT_EQ(refusal([] { const inline_pool fine{{.workers = 1}}; }), "taken");
    EXPECT_NE(refusal([&] { static_cast<void>(pool.submit({.retry = {.max_attempts = 2}}, do_nothing)); })
                  .find("inline_pool: task_options.retry"), std::string::npos);
    EXPECT_NE(refusal([&] { static_cast<void>(pool.submit({.timeout = -1ns}, do_nothing)); }).find("timeout"),
              std::string::npos);
    EXPECT_EQ(refusal([&] { pool.submit({.priority = task_priority::high}, do_nothing).get(); }), "taken");
}

TEST_F(inline_pool_suite, bounds_tasks_inside_each_other) {
    inline_pool bounded{{.max_pending = 2}};
    EXPECT_EQ(bounded.submit([&] {
                      return bounded.submit([&] {
                                        EXPECT_FALSE(bounded.try_submit(same, 1).has_value());
                                        EXPECT_THROW(static_cast<void>(bounded.submit(same, 1)), queue_full);
                                        return 5;
                                    }).get();
                  }).get(), 5);
    EXPECT_EQ(bounded.try_submit(same, 1)->get(), 1);
}

TEST_F(inline_pool_suite, initializes_before_the_first_task_and_finalizes_after_the_last) {
    std::vector<std::string> happened;
    {
        inline_pool mine{{.initializer = call([&] { happened.emplace_back("initializer"); }),
                          .finalizer = call([&] { happened.emplace_back("finalizer"); })}};
        mine.submit([&] { happened.emplace_back("first"); }).get();
        mine.submit([&] {
                happened.emplace_back("second");
                mine.shutdown();
                EXPECT_THROW(static_cast<void>(mine.submit(do_nothing)), pool_closed);
                happened.emplace_back("still second");
            }).get();
    }
    EXPECT_EQ(happened, (std::vector<std::string>{"initializer", "first", "second", "still second", "finalizer"}));
}

TEST_F(inline_pool_suite, gives_the_error_of_the_initializer_to_every_future) {
    int finalized = 0;
    {
        inline_pool broken{{.initializer = call([] { throw std::runtime_error("no weights"); }),
                            .finalizer = call([&] { ++finalized; })}};
        for (int i = 0; i != 2; ++i) {
            auto refused = broken.submit(add, 1, 2);
            EXPECT_NE(message_of<pool_broken>(refused).find("no weights"), std::string::npos);
        }
        EXPECT_EQ(broken.stats().failed, 2u);
    }
    EXPECT_EQ(finalized, 0);
}

TEST_F(inline_pool_suite, shutdown_waits_for_the_task_of_another_thread) {
    const gate started;
    const gate release;
    std::thread working([&] { EXPECT_EQ(result_of(pool.submit(hold, started.path(), release.path())), 1); });
    started.wait();
    std::thread queued([&] { EXPECT_THROW(static_cast<void>(pool.submit(same, 1)), pool_closed); });
    EXPECT_TRUE(eventually([&] { return pool.stats().queued == 1; }));
    EXPECT_EQ(pool.stats().running, 1u);
    std::atomic<bool> ended{false};
    std::thread ending([&] {
        pool.shutdown(shutdown_mode::kill);
        ended = true;
    });
    queued.join(); // was let go although the task still runs
    EXPECT_FALSE(ended);
    release.open();
    ending.join();
    working.join();
    EXPECT_THROW(static_cast<void>(pool.submit(same, 1)), pool_closed);
    EXPECT_THROW(static_cast<void>(pool.try_submit(same, 1)), pool_closed);
    pool.wait_idle();
}

TEST_F(inline_pool_suite, refuses_to_wait_for_itself) {
    auto asks = pool.submit([&] { pool.wait_idle(); });
    try {
        asks.get();
        ADD_FAILURE() << "nothing was thrown";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::resource_deadlock_would_occur);
    }
    EXPECT_EQ(pool.submit(same, 3).get(), 3); // it is still there
}

TEST_F(inline_pool_suite, may_be_destroyed_by_its_task) {
    auto doomed = std::make_unique<inline_pool>();
    auto last = doomed->submit([&] {
        doomed.reset();
        return 4;
    });
    EXPECT_EQ(last.get(), 4);
}

TEST_F(inline_pool_suite, broadcasts_to_its_one_worker) {
    const std::string text = "everywhere";
    auto all = pool.broadcast([](const std::string& said) { return said.size(); }, text);
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].get(), text.size());
}

TEST_F(inline_pool_suite, counts_what_it_did) {
    static_cast<void>(pool.submit(same, 1));
    static_cast<void>(pool.submit([] { throw std::runtime_error("x"); }));
    pool.submit([&] {
            EXPECT_EQ(pool.stats().running, 1u);
            static_cast<void>(pool.submit([&] { EXPECT_EQ(pool.stats().running, 2u); }));
        }).get();
    const pool_stats now = pool.stats();
    EXPECT_EQ(now.workers, 1u);
    EXPECT_EQ(now.running, 0u);
    EXPECT_EQ(now.done, 3u);
    EXPECT_EQ(now.failed, 1u);
    EXPECT_EQ(now.run.count(), 4u);
    EXPECT_EQ(now.wait.count(), 4u);
}

detached submit_and_get(inline_pool& pool, int& value) {
    future<int> sum = co_await pool.submit_async(add, 3, 4);
    value = sum.get();
}

TEST_F(inline_pool_suite, submits_for_coroutines_without_suspending_them) {
    int value = 0;
    submit_and_get(pool, value);
    EXPECT_EQ(value, 7);
    { const auto never_awaited = pool.submit_async([&] { value = 0; }); }
    EXPECT_EQ(value, 7);
}

TEST_F(inline_pool_suite, maps_closures_in_the_calling_thread) {
    const auto here = std::this_thread::get_id();
    std::vector<int> values;
    for (const int value : pool.map([&](int x) {
             EXPECT_EQ(std::this_thread::get_id(), here);
             return x * x;
         }, std::array{1, 2, 3}))
        values.push_back(value);
    EXPECT_EQ(values, (std::vector{1, 4, 9}));
}

} // namespace
} // namespace penstock::test

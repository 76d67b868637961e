// SPDX-License-Identifier: MIT
// How the tasks of a thread pool are asked to stop: by cancel with force and by their deadlines; and what they may ask
// and say about themselves.
#include "contract/tools.hpp"
#include "support/waiting.hpp"

#include <penstock/this_task.hpp>
#include <penstock/thread_pool.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stop_token>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

/// Until somebody asks this task to stop; throws where nobody does within half a minute.
void wait_for_stop_request() {
    if (!eventually([] { return this_task::stop_requested(); })) throw std::logic_error("nobody asked");
}
void wait_for_stop_request(const std::stop_token& token) {
    if (!eventually([&] { return token.stop_requested(); })) throw std::logic_error("nobody asked");
}
int stop_when_asked(const std::string& started) {
    gate::open(started);
    wait_for_stop_request();
    return 1;
}
int with_token(std::stop_token token, int x) {
    wait_for_stop_request(token);
    return x;
}
bool token_asked(const std::stop_token& token) { return token.stop_requested(); }

class thread_pool_stop : public ::testing::Test {
protected:
    thread_pool pool{{.workers = 1}};
    hang_guard guard;
};

TEST_F(thread_pool_stop, of_a_task_past_its_deadline_is_asked_for) {
    const gate started;
    auto late = pool.submit({.timeout = 1ms, .label = "tile"}, stop_when_asked, started.path());
    EXPECT_EQ(std::string(error_of<task_timeout>(late).what()),
              "penstock: task 'tile' ran longer than its timeout of 1 ms and was asked to stop");
    EXPECT_EQ(outcome_of(pool.submit(same, 3)), 3);
}

TEST_F(thread_pool_stop, comes_from_the_default_of_the_pool_unless_the_task_has_its_own) {
    thread_pool quick{{.workers = 1, .task_timeout = 1ms}};
    auto late = quick.submit([] { wait_for_stop_request(); });
    EXPECT_THROW(outcome_of(late), task_timeout);
    auto patient = quick.submit({.timeout = 1h}, [] {
        const auto later = std::chrono::steady_clock::now() + 5ms;
        while (std::chrono::steady_clock::now() < later) std::this_thread::yield();
        return this_task::stop_requested();
    });
    EXPECT_FALSE(outcome_of(patient));
}

TEST_F(thread_pool_stop, leaves_a_task_in_time_alone) {
    EXPECT_EQ(outcome_of(pool.submit({.timeout = 1h}, same, 5)), 5);
    EXPECT_EQ(outcome_of(pool.submit({.timeout = std::chrono::nanoseconds::max()}, same, 6)), 6);
    EXPECT_FALSE(outcome_of(pool.submit({.timeout = 1h}, [] { return this_task::stop_requested(); })));
}

TEST_F(thread_pool_stop, drops_the_value_that_comes_too_late) {
    const auto value = std::make_shared<int>(1);
    auto late = pool.submit({.timeout = 1ms}, [value] {
        wait_for_stop_request();
        return value;
    });
    ASSERT_TRUE(late.wait_for(a_minute));
    EXPECT_EQ(value.use_count(), 1);
    EXPECT_THROW(static_cast<void>(late.get()), task_timeout);
}

TEST_F(thread_pool_stop, by_force_takes_effect_when_the_task_has_ended) {
    const gate started;
    const gate release;
    auto stopped = pool.submit({.label = "tile"}, [&] {
        started.open();
        wait_for_stop_request();
        release.wait();
        return 1;
    });
    started.wait();
    EXPECT_FALSE(stopped.cancel());
    EXPECT_TRUE(stopped.cancel(force));
    EXPECT_TRUE(stopped.cancel(force));
    EXPECT_FALSE(stopped.ready());
    release.open();
    EXPECT_EQ(std::string(error_of<task_cancelled>(stopped).what()),
              "penstock: task 'tile' was cancelled while it ran");
}

TEST_F(thread_pool_stop, is_not_asked_for_by_a_cancel_without_force) {
    const gate started;
    const gate release;
    auto running = pool.submit([&] {
        started.open();
        release.wait();
        return this_task::stop_requested();
    });
    started.wait();
    EXPECT_FALSE(running.cancel());
    release.open();
    EXPECT_FALSE(outcome_of(running));
}

TEST_F(thread_pool_stop, by_force_overrides_what_the_task_throws) {
    const gate started;
    auto stopped = pool.submit([&] {
        started.open();
        wait_for_stop_request();
        throw std::out_of_range("mine");
    });
    started.wait();
    EXPECT_TRUE(stopped.cancel(force));
    EXPECT_THROW(outcome_of(stopped), task_cancelled);
}

TEST_F(thread_pool_stop, by_force_comes_too_late_for_a_task_that_is_done) {
    auto done = pool.submit(same, 4);
    ASSERT_TRUE(done.wait_for(a_minute));
    EXPECT_FALSE(done.cancel(force));
    EXPECT_EQ(done.get(), 4);
}

TEST_F(thread_pool_stop, by_force_of_a_pending_task_keeps_it_from_running) {
    bool ran = false;
    busy_worker busy(pool);
    auto pending = pool.submit([&] { ran = true; });
    EXPECT_TRUE(pending.cancel(force));
    busy.release();
    EXPECT_THROW(outcome_of(pending), task_cancelled);
    pool.wait_idle();
    EXPECT_FALSE(ran);
}

TEST_F(thread_pool_stop, does_not_reach_the_next_task) {
    for (int i = 0; i != 100; ++i) {
        const gate started;
        auto stopped = pool.submit(stop_when_asked, started.path());
        auto next = pool.submit([] { return this_task::stop_requested(); });
        started.wait();
        EXPECT_TRUE(stopped.cancel(force));
        EXPECT_FALSE(outcome_of(next));
        EXPECT_THROW(outcome_of(stopped), task_cancelled);
    }
}

TEST_F(thread_pool_stop, that_races_with_the_end_gives_exactly_one_outcome) {
    for (int i = 0; i != 2'000; ++i) {
        std::atomic<bool> runs{false};
        auto racing = pool.submit([&] {
            runs = true;
            return 7;
        });
        while (!runs) std::this_thread::yield();
        if (racing.cancel(force)) {
            EXPECT_THROW(outcome_of(racing), task_cancelled);
        } else {
            EXPECT_EQ(outcome_of(racing), 7);
        }
    }
}

TEST_F(thread_pool_stop, reaches_a_token_by_force_and_by_deadline) {
    for (int i = 0; i != 20; ++i) {
        const gate started;
        std::atomic<bool> told{false};
        auto stopped = pool.submit(
            [&](std::stop_token token, int x) {
                const std::stop_callback tell(token, [&] { told = true; });
                for (int turn = 0; turn != 2'000; ++turn) std::this_thread::yield();  // who watches falls asleep
                started.open();
                wait_for_stop_request(token);
                return x;
            },
            1);
        started.wait();
        EXPECT_TRUE(stopped.cancel(force));
        EXPECT_THROW(static_cast<void>(outcome_of(stopped)), task_cancelled);
        EXPECT_TRUE(told);
    }
    auto late = pool.submit({.timeout = 20ms}, with_token, 2);
    EXPECT_THROW(static_cast<void>(outcome_of(late)), task_timeout);
}

TEST_F(thread_pool_stop, leaves_a_token_in_time_alone) {
    EXPECT_FALSE(outcome_of(pool.submit(token_asked)));
    EXPECT_EQ(outcome_of(pool.submit([](std::stop_token token, std::string_view text) {
                  return token.stop_possible() ? std::string(text) : std::string();
              }, "text")),
              "text");
}

TEST_F(thread_pool_stop, tokens_are_given_to_the_items_of_a_map) {
    std::vector<int> values;
    const auto plain = [](std::stop_token token, int x) { return token.stop_possible() ? 2 * x : -1; };
    for (const int value : pool.map(plain, std::vector{1, 2})) values.push_back(value);
    auto shared = [three = std::make_unique<int>(3)](const std::stop_token&, int x) { return *three * x; };
    for (const int value : pool.map(std::move(shared), std::vector{1, 2})) values.push_back(value);
    for (auto&& each : pool.map_unordered(plain, std::vector{10})) values.push_back(each.value);
    for (auto&& each : pool.map_outcomes(plain, std::vector{20})) values.push_back(each.value());
    EXPECT_EQ(values, (std::vector{2, 4, 3, 6, 20, 40}));
}

TEST_F(thread_pool_stop, is_told_apart_where_a_task_runs_inside_another) {
    EXPECT_EQ(this_task::id(), 0u);
    EXPECT_FALSE(this_task::stop_requested());
    auto outer = pool.submit([&] {
        const auto mine = this_task::id();
        auto inner = pool.submit([] { return this_task::id(); });  // runs right here, in get()
        const auto other = inner.get();
        return std::vector{mine, other, this_task::id()};
    });
    EXPECT_EQ(outcome_of(outer), (std::vector<std::uint64_t>{1, 2, 1}));
    EXPECT_EQ(outcome_of(pool.submit([] { return this_task::id(); })), 3u);
}

TEST_F(thread_pool_stop, progress_is_seen_while_the_task_runs) {
    const gate half;
    const gate release;
    auto task = pool.submit([&] {
        this_task::progress(0.5);
        half.open();
        release.wait();
        this_task::progress(1);
    });
    half.wait();
    EXPECT_EQ(task.progress(), 0.5);
    release.open();
    ASSERT_TRUE(task.wait_for(a_minute));
    EXPECT_EQ(task.progress(), 1);
}

} // namespace
} // namespace penstock::test

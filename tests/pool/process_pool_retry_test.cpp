// SPDX-License-Identifier: MIT
// task_options.retry: another attempt, only on request, only after the loss of the worker or a deadline, with the history
// in the error.
#include "support/pool_test.hpp"
#include "support/stubborn_tasks.hpp"
#include "tally.hpp"

#include <algorithm>
#include <filesystem>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

std::size_t tally_count(const std::string& marks) { return std::filesystem::file_size(marks); }
/// Dies the first so many times that anybody runs it, by what was marked.
int die_at_first(const std::string& marks, std::size_t deaths) {
    tally::mark(marks);
    if (tally_count(marks) <= deaths) ::_exit(7);
    return static_cast<int>(tally_count(marks));
}
int hang_at_first(const std::string& marks, std::size_t times, const std::string& arrived) {
    tally::mark(marks);
    if (tally_count(marks) <= times) obey(arrived);
    return 42;
}
bool tell_whether_asked_at_second(const std::string& marks, const std::string& arrived) {
    tally::mark(marks);
    if (tally_count(marks) == 1) obey(arrived);
    return this_task::stop_requested();
}
int hang_then_die_then_hang(const std::string& marks, const std::string& arrived) {
    tally::mark(marks);
    if (tally_count(marks) == 2) ::_exit(9);
    obey(arrived);
    return 0;
}
int throw_always(const std::string& marks) {
    tally::mark(marks);
    throw std::runtime_error("no luck");
}
int throw_ours(const std::string& marks, bool lost) {
    tally::mark(marks);
    if (lost) throw worker_died("a worker of an inner pool", {});
    throw task_timeout("a task of an inner pool");
}
struct does_not_cross {
    template <class Archive>
    void save(Archive&) const { throw std::runtime_error("not today"); }
    template <class Archive>
    void load(Archive&) {}
};
does_not_cross answer_that_does_not_cross(const std::string& marks) {
    tally::mark(marks);
    return {};
}
/// Says that it runs, and dies when it may.
void die_when_told(const std::string& marks, const std::string& arrived, const std::string& gate) {
    tally::mark(marks);
    if (tally_count(marks) != 1) return;
    stay(arrived, gate);
    ::_exit(3);
}

class process_pool_retry : public pool_test {
protected:
    ~process_pool_retry() override { expect_back_to(before_); }

    static void expect_contains(const std::string& text, const std::string& part) {
        EXPECT_NE(text.find(part), std::string::npos) << text;
    }

    tally marks_;
    arrivals there_;
    gate release_;
    process_state before_ = look_at_this_process();
};

TEST_F(process_pool_retry, dies_twice_then_succeeds) {
    process_pool pool{{.workers = 2}};
    auto lucky = pool.submit({.retry = {.max_attempts = 5}}, die_at_first, marks_.path(), 2u);
    EXPECT_EQ(outcome_of(lucky), 3);
    EXPECT_EQ(marks_.count(), 3u);
    const auto stats = pool.stats();
    EXPECT_EQ(stats.retried, 2u);
    EXPECT_EQ(stats.done, 1u);
    EXPECT_EQ(stats.failed, 0u);
    EXPECT_EQ(stats.respawns_died, 2u);
}

TEST_F(process_pool_retry, not_without_request) {
    process_pool pool{{.workers = 1}};
    const auto e = error_of<worker_died>(pool.submit(die_at_first, marks_.path(), 1u));
    EXPECT_TRUE(e.attempts().empty());
    EXPECT_EQ(marks_.count(), 1u);
    error_of<worker_died>(pool.submit({.retry = {.max_attempts = 1}}, die_at_first, marks_.path(), 2u));
    error_of<worker_died>(pool.submit({.retry = {.max_attempts = 0}}, die_at_first, marks_.path(), 3u));
    EXPECT_EQ(marks_.count(), 3u);
    EXPECT_EQ(pool.stats().retried, 0u);
}

TEST_F(process_pool_retry, the_error_has_the_history_of_all_attempts) {
    process_pool pool{{.workers = 1}};
    const auto e = error_of<worker_died>(
        pool.submit({.retry = {.max_attempts = 3}, .label = "unlucky"}, die_at_first, marks_.path(), 99u));
    EXPECT_EQ(marks_.count(), 3u);
    EXPECT_EQ(e.exit_status(), 7);
    EXPECT_EQ(e.label(), "unlucky");
    expect_contains(e.what(), "the last of 3 attempts");
    ASSERT_EQ(e.attempts().size(), 3u);
    for (const auto& each : e.attempts()) {
        expect_contains(each, "'unlucky'");
        expect_contains(each, "exit status 7");
    }
    EXPECT_NE(e.attempts()[0], e.attempts()[1]) << "each names its own worker";
}

TEST_F(process_pool_retry, after_a_deadline) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    auto lucky = pool.submit({.timeout = 20ms, .retry = {.max_attempts = 3}}, hang_at_first, marks_.path(), 2u, there_.path());
    EXPECT_EQ(outcome_of(lucky), 42);
    EXPECT_EQ(marks_.count(), 3u);
    EXPECT_EQ(pool.stats().timed_out, 0u);
    EXPECT_EQ(pool.stats().retried, 2u);
}

// What was said to the first attempt is not for the second one, although the same worker runs it.
TEST_F(process_pool_retry, an_attempt_is_not_stopped_by_the_request_to_the_one_before) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    for (int i = 0; i != 10; ++i) {
        const tally marks;
        auto lucky = pool.submit({.timeout = 20ms, .retry = {.max_attempts = 2}}, tell_whether_asked_at_second, marks.path(), there_.path());
        EXPECT_FALSE(outcome_of(lucky));
        EXPECT_EQ(marks.count(), 2u);
    }
}

TEST_F(process_pool_retry, a_timeout_has_the_history_too_whatever_is_in_it) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    auto never = pool.submit({.timeout = 20ms, .retry = {.max_attempts = 3}, .label = "mixed"}, hang_then_die_then_hang,
                             marks_.path(), there_.path());
    const auto e = error_of<task_timeout>(never);
    expect_contains(e.what(), "the last of 3 attempts");
    ASSERT_EQ(e.attempts().size(), 3u);
    expect_contains(e.attempts()[0], "20 ms");
    expect_contains(e.attempts()[1], "exit status 9");
    expect_contains(e.attempts()[2], "20 ms");
}

TEST_F(process_pool_retry, never_after_an_exception) {
    process_pool pool{{.workers = 1}};
    const task_options again{.retry = {.max_attempts = 5}};
    EXPECT_STREQ(error_of<std::runtime_error>(pool.submit(again, throw_always, marks_.path())).what(), "no luck");
    error_of<remote_exception>(pool.submit(again, throw_ours, marks_.path(), true));
    error_of<remote_exception>(pool.submit(again, throw_ours, marks_.path(), false));
    auto undelivered = pool.submit(again, answer_that_does_not_cross, marks_.path());
    EXPECT_THROW(static_cast<void>(outcome_of(undelivered)), payload_error);
    EXPECT_EQ(marks_.count(), 4u);
    EXPECT_EQ(pool.stats().retried, 0u);
    EXPECT_EQ(pool.stats().failed, 4u);
}

TEST_F(process_pool_retry, never_after_a_cancel) {
    process_pool pool{{.workers = 1, .grace = 0ns}};
    auto running = pool.submit({.retry = {.max_attempts = 5}}, ignore, there_.path());
    there_.next();
    EXPECT_TRUE(running.cancel(force));
    error_of<task_cancelled>(running);
    expect_works(pool);
    EXPECT_TRUE(there_.is_empty());
}

TEST_F(process_pool_retry, waits_for_the_backoff_and_doubles_it) {
    process_pool pool{{.workers = 1}};
    const auto begin = std::chrono::steady_clock::now();
    auto lucky = pool.submit({.retry = {.max_attempts = 4, .backoff = 30ms}}, die_at_first, marks_.path(), 3u);
    for (int i = 0; i != 20; ++i) EXPECT_EQ(outcome_of(pool.submit(twice, i)), 2 * i) << "others run meanwhile";
    EXPECT_EQ(outcome_of(lucky), 4);
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 30ms + 60ms + 120ms);
}

TEST_F(process_pool_retry, a_task_that_waits_for_its_backoff_is_pending) {
    process_pool pool{{.workers = 1}};
    auto waiting = pool.submit({.retry = {.max_attempts = 2, .backoff = std::chrono::nanoseconds::max()}}, die_at_first, marks_.path(), 9u);
    ASSERT_TRUE(eventually([&] { return pool.stats().retried == 1; }));
    EXPECT_FALSE(waiting.running());
    EXPECT_FALSE(waiting.ready());
    EXPECT_EQ(pool.stats().queued, 1u);
    expect_works(pool);
    EXPECT_TRUE(waiting.cancel());
    error_of<task_cancelled>(waiting);
    EXPECT_EQ(marks_.count(), 1u);
    pool.wait_idle();
}

TEST_F(process_pool_retry, a_draining_pool_waits_for_all_attempts) {
    for (const auto backoff : {0ms, 50ms}) {
        const tally marks;
        future<int> lucky;
        {
            process_pool pool{{.workers = 1}};
            lucky = pool.submit({.retry = {.max_attempts = 4, .backoff = backoff}}, die_at_first, marks.path(), 3u);
        }
        ASSERT_TRUE(lucky.ready());
        EXPECT_EQ(outcome_of(lucky), 4);
    }
}

// The last worker of a draining pool dies with the last task: there must be another one for the second attempt.
TEST_F(process_pool_retry, the_last_task_of_a_draining_pool_gets_its_second_worker) {
    for (int i = 0; i != 5; ++i) {
        const tally marks;
        const gate release;
        process_pool pool{{.workers = 2}};
        auto again = pool.submit({.retry = {.max_attempts = 2}}, die_when_told, marks.path(), there_.path(), release.path());
        const pid_t first = there_.next();
        std::thread draining([&] { pool.shutdown(); });
        EXPECT_TRUE(eventually([&] { return own_children().size() == 1; })) << "the idle worker has gone";
        release.open();
        draining.join();
        outcome_of(again);
        EXPECT_FALSE(lives(first));
        EXPECT_EQ(marks.count(), 2u);
    }
}

TEST_F(process_pool_retry, ends_with_the_pool_where_pending_tasks_are_cancelled) {
    for (const auto mode : {shutdown_mode::cancel_pending, shutdown_mode::kill}) {
        const tally marks;
        process_pool pool{{.workers = 1}};
        auto waiting = pool.submit({.retry = {.max_attempts = 2, .backoff = 1h}}, die_at_first, marks.path(), 9u);
        ASSERT_TRUE(eventually([&] { return pool.stats().retried == 1; }));
        pool.shutdown(mode);
        ASSERT_TRUE(waiting.ready());
        EXPECT_THROW(waiting.get(), penstock::error);
        EXPECT_EQ(marks.count(), 1u);
    }
}

TEST_F(process_pool_retry, many_at_once_keep_their_histories_apart) {
    process_pool pool{{.workers = 3}};
    std::vector<std::unique_ptr<tally>> marks;
    std::vector<future<int>> all;
    for (std::size_t i = 0; i != 30; ++i) {
        marks.push_back(std::make_unique<tally>());
        all.push_back(pool.submit({.retry = {.max_attempts = 3}}, die_at_first, marks[i]->path(), i % 4));
    }
    for (std::size_t i = 0; i != 30; ++i) {
        if (i % 4 != 3) EXPECT_EQ(outcome_of(all[i]), static_cast<int>(i % 4) + 1);
        else EXPECT_EQ(error_of<worker_died>(all[i]).attempts().size(), 3u);
        EXPECT_EQ(marks[i]->count(), std::min<std::size_t>(i % 4 + 1, 3));
    }
}

} // namespace
} // namespace penstock::test

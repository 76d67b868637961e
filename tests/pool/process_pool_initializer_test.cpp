// SPDX-License-Identifier: MIT
// The initializer runs in every worker before its first task, and a pool whose initializer fails says so.
#include "support/pool_test.hpp"
#include "tally.hpp"

#include <csignal>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

int initialized_with = 0;

void initialize(const std::string& marks, int value) {
    tally::mark(marks);
    initialized_with += value;
}
int seen_by_task() { return initialized_with; }
void count_and_throw(const std::string& marks) {
    tally::mark(marks);
    throw std::out_of_range("no such model");
}
void count_and_exit(const std::string& marks) {
    tally::mark(marks);
    ::_exit(5);
}
void count_and_die(const std::string& marks) {
    tally::mark(marks);
    ::raise(SIGKILL);
}
void hang(const std::string& marks) {
    tally::mark(marks);
    for (;;) ::pause();
}
/// Works in the first workers and throws in every later one.
void throw_after(const std::string& marks, std::size_t good) {
    tally::mark(marks);
    if (std::filesystem::file_size(marks) > good) throw std::runtime_error("the second time fails");
}
void end_this_worker() { ::_exit(1); }
void fork_and_come_back_twice() { ::fork(); }

class process_pool_initializer : public pool_test {
protected:
    ~process_pool_initializer() override { expect_back_to(before_); }

    static void expect_contains(const std::string& text, const std::string& part) {
        EXPECT_NE(text.find(part), std::string::npos) << text;
    }
    /// A pool whose workers never get ready: everything submitted ends with pool_broken, at last submit itself.
    pool_broken how_it_breaks(process_pool& pool) {
        pool_broken error("none", {});
        try {
            std::vector<future<int>> all;
            for (int i = 0; i != 20; ++i) all.push_back(pool.submit(twice, i));
            error = error_of<pool_broken>(all.front());
            for (std::size_t i = 1; i != all.size(); ++i) error_of<pool_broken>(all[i]);
        } catch (const pool_broken& e) { // it was broken before the last was submitted
            error = e;
        }
        EXPECT_THROW(pool.submit(twice, 1).get(), pool_broken);
        EXPECT_TRUE(eventually([] { return own_children().empty(); }));
        pool.wait_idle();
        return error;
    }

    tally marks_;
    process_state before_ = look_at_this_process();
};

TEST_F(process_pool_initializer, runs_once_in_every_worker_before_its_first_task) {
    process_pool pool{{.workers = 3, .initializer = call(initialize, marks_.path(), 7)}};
    for (int i = 0; i != 30; ++i) EXPECT_EQ(outcome_of(pool.submit(seen_by_task)), 7);
    EXPECT_EQ(wake_all(pool).size(), 3u);
    EXPECT_EQ(marks_.count(), 3u);
}

TEST_F(process_pool_initializer, runs_in_replacements_too) {
    process_pool pool{{.workers = 1, .initializer = call(initialize, marks_.path(), 7)}};
    for (std::size_t i = 1; i != 6; ++i) {
        EXPECT_EQ(outcome_of(pool.submit(seen_by_task)), 7);
        EXPECT_EQ(marks_.count(), i);
        error_of<worker_died>(pool.submit(end_this_worker));
    }
}

TEST_F(process_pool_initializer, that_throws_gives_every_future_its_message_and_is_not_repeated) {
    process_pool pool{{.workers = 3, .initializer = call(count_and_throw, marks_.path())}};
    const auto e = how_it_breaks(pool);
    expect_contains(e.what(), "no such model");
    ASSERT_FALSE(e.causes().empty());
    expect_contains(e.causes().front(), "no such model");
    EXPECT_LE(marks_.count(), 3u) << "a worker was started again";
}

TEST_F(process_pool_initializer, that_throws_in_a_replacement_breaks_the_pool_too) {
    process_pool pool{{.workers = 1, .initializer = call(throw_after, marks_.path(), 1u)}};
    EXPECT_EQ(outcome_of(pool.submit(twice, 4)), 8);
    auto last = pool.submit(end_this_worker);
    error_of<worker_died>(last);
    expect_contains(how_it_breaks(pool).what(), "the second time fails");
    EXPECT_EQ(marks_.count(), 2u);
}

TEST_F(process_pool_initializer, that_exits_every_time_breaks_the_pool_with_the_causes) {
    process_pool pool{{.workers = 1, .initializer = call(count_and_exit, marks_.path())}};
    const auto e = how_it_breaks(pool);
    EXPECT_EQ(marks_.count(), 6u); // the budget is 5 deaths in 10 s, the sixth breaks it
    EXPECT_EQ(e.causes().size(), 6u);
    for (const auto& cause : e.causes()) expect_contains(cause, "exit status 5");
}

TEST_F(process_pool_initializer, that_dies_every_time_breaks_the_pool_with_the_causes) {
    process_pool pool{{.workers = 4, .initializer = call(count_and_die, marks_.path())}};
    const auto e = how_it_breaks(pool);
    ASSERT_GE(e.causes().size(), 9u); // max(5, 2 x workers) and the one that was too many
    for (const auto& cause : e.causes()) expect_contains(cause, "signal 9");
}

TEST_F(process_pool_initializer, that_hangs_is_ended_by_start_timeout) {
    process_pool pool{{.workers = 1, .initializer = call(hang, marks_.path()), .start_timeout = 30ms}};
    const auto e = how_it_breaks(pool);
    ASSERT_FALSE(e.causes().empty());
    for (const auto& cause : e.causes()) expect_contains(cause, "start_timeout");
}

TEST_F(process_pool_initializer, that_forks_and_comes_back_twice_is_harmless) {
    process_pool pool{{.workers = 2, .initializer = call(fork_and_come_back_twice)}};
    expect_works(pool);
}

TEST_F(process_pool_initializer, that_hangs_does_not_hold_up_a_kill) {
    process_pool pool{{.workers = 2, .initializer = call(hang, marks_.path())}};
    auto never = pool.submit(twice, 1);
    pool.shutdown(shutdown_mode::kill);
    error_of<pool_closed>(never);
}

TEST_F(process_pool_initializer, with_captures_is_refused) {
    const int captured = 3;
    EXPECT_THROW(process_pool({.workers = 1, .initializer = call([captured] { static_cast<void>(captured); })}),
                 std::invalid_argument);
}

} // namespace
} // namespace penstock::test

// SPDX-License-Identifier: MIT
// What a running task may ask and say: this_task::stop_requested(), a leading std::stop_token parameter, this_task::id()
// and this_task::progress(), seen as future::progress().
#include "support/pool_test.hpp"
#include "support/stubborn_tasks.hpp"
#include "support/threads.hpp"
#include "tally.hpp"

#include <limits>
#include <stop_token>
#include <thread>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

int sum_with_token(const std::stop_token& token, int a, int b) { return token.stop_requested() ? -1 : a + b; }
bool is_stopped(std::stop_token token) { return token.stop_requested() || this_task::stop_requested(); }
bool can_be_stopped(std::stop_token token) { return token.stop_possible(); }
std::size_t count_threads_with_token(std::stop_token) { return count_threads(); }
pid_t wait_for_token(std::stop_token token, const std::string& arrived) {
    arrivals::announce(arrived);
    run_until([&] { return token.stop_requested(); });
    return ::getpid();
}
/// A callback of the token ends the wait, as of a condition variable; it leaves its mark.
void end_by_callback(const std::stop_token& token, const std::string& arrived, const std::string& marks, const std::string& gate) {
    const std::stop_callback tell(token, [&] {
        tally::mark(marks);
        gate::open(gate);
    });
    arrivals::announce(arrived);
    gate::wait(gate);
}
/// A request for the running task as the pool makes it, from inside: no deadline races with it.
void ask(std::uint64_t id) {
    sigval value{};
    value.sival_ptr = reinterpret_cast<void*>(static_cast<std::uintptr_t>(id));
    if (::sigqueue(::getpid(), SIGURG, value) != 0) throw std::runtime_error("sigqueue");
}
int ask_self_at_three(std::stop_token token, int item) {
    if (item != 3) return token.stop_requested() ? -1 : item;
    ask(this_task::id());
    run_until([&] { return token.stop_requested(); });
    return 33;
}
/// The stop request reaches a task in a thread that it has started, too.
bool seen_by_a_thread(const std::string& arrived) {
    bool seen = false;
    std::thread([&] {
        obey(arrived);
        seen = this_task::stop_requested();
    }).join();
    return seen;
}
void tell(const std::string& path, bool stopped) {
    if (stopped) tally::mark(path);
}
void obey_and_tell(const std::string& arrived, const std::string& marks) {
    obey(arrived);
    tell(marks, this_task::stop_requested());
}
void thread_and_tell(const std::string& arrived, const std::string& marks) { tell(marks, seen_by_a_thread(arrived)); }
std::uint64_t own_id() { return this_task::id(); }
std::uint64_t id_in_a_thread() {
    std::uint64_t seen = 0;
    std::thread([&] { seen = this_task::id(); }).join();
    return seen;
}
void advance(double fraction, const std::string& arrived, const std::string& gate) {
    this_task::progress(fraction);
    stay(arrived, gate);
    this_task::progress(fraction + 0.25);
}
void flood() {
    for (int i = 0; i != 20'000; ++i) this_task::progress(i / 20'000.0);
}
/// A thread that a task left behind tells of progress when the task is long done.
void leave_a_thread(const std::string& arrived, const std::string& gate) {
    std::thread([=] {
        gate::wait(gate);
        this_task::progress(0.5);
        arrivals::announce(arrived);
    }).detach();
}

class process_pool_stop_token : public pool_test {
protected:
    arrivals there_;
    gate release_;
    tally marks_;
};

TEST_F(process_pool_stop_token, is_no_argument_and_is_not_sent) {
    process_pool pool{{.workers = 1}};
    EXPECT_EQ(outcome_of(pool.submit(sum_with_token, 3, 4)), 7);
    EXPECT_EQ(outcome_of(pool.submit([](std::stop_token, std::string text) { return text + "!"; }, "text")), "text!");
    EXPECT_EQ(outcome_of(pool.submit([](const std::stop_token&) { return 5; })), 5);
    EXPECT_TRUE(outcome_of(pool.submit(can_be_stopped)));
    static_assert(submittable<decltype(&sum_with_token), int, int>);
    static_assert(!submittable<decltype(&sum_with_token), int>);
    static_assert(!submittable<decltype(&sum_with_token), std::stop_token, int, int>, "nobody may pass one");
}

TEST_F(process_pool_stop_token, tells_a_cancelled_task) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    auto running = pool.submit(wait_for_token, there_.path());
    const pid_t worker = there_.next();
    EXPECT_TRUE(running.cancel(force));
    error_of<task_cancelled>(running);
    EXPECT_EQ(outcome_of(pool.submit(own_pid)), worker);
}

TEST_F(process_pool_stop_token, tells_a_task_whose_deadline_passed) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    error_of<task_timeout>(pool.submit({.timeout = 10ms}, wait_for_token, there_.path()));
    const pid_t worker = there_.next();
    EXPECT_EQ(outcome_of(pool.submit(own_pid)), worker);
}

TEST_F(process_pool_stop_token, runs_a_stop_callback) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    const gate ended;
    auto running = pool.submit(end_by_callback, there_.path(), marks_.path(), ended.path());
    there_.next();
    EXPECT_TRUE(running.cancel(force));
    error_of<task_cancelled>(running);
    EXPECT_EQ(marks_.count(), 1u);
}

TEST_F(process_pool_stop_token, leaves_nothing_over_for_the_next_task) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    outcome_of(pool.submit(count_threads_with_token)); // ThreadSanitizer starts a thread of its own with the first one
    const std::size_t threads = outcome_of(pool.submit(count_threads));
    EXPECT_EQ(outcome_of(pool.submit(count_threads_with_token)), threads + 1) << "one helper thread, and only then";
    for (int i = 0; i != 30; ++i) {
        auto running = i % 2 == 0 ? pool.submit(wait_for_token, there_.path()) : pool.submit(obey, there_.path());
        there_.next();
        EXPECT_TRUE(running.cancel(force));
        error_of<task_cancelled>(running);
        EXPECT_FALSE(outcome_of(pool.submit(is_stopped)));
        EXPECT_EQ(outcome_of(pool.submit(count_threads)), threads);
    }
}

TEST_F(process_pool_stop_token, stop_requested_is_true_in_every_thread_of_the_task) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    for (const auto task : {obey_and_tell, thread_and_tell}) {
        auto running = pool.submit(task, there_.path(), marks_.path());
        there_.next();
        EXPECT_TRUE(running.cancel(force));
        error_of<task_cancelled>(running);
    }
    EXPECT_EQ(marks_.count(), 2u);
    EXPECT_FALSE(this_task::stop_requested()) << "outside a task";
}

TEST_F(process_pool_stop_token, works_in_items_of_a_map) {
    process_pool pool{{.workers = 2, .grace = 60s}};
    std::vector<int> results;
    for (const int value : pool.map({.chunk = 1}, ask_self_at_three, std::vector<int>{0, 1, 2, 3, 4, 5})) results.push_back(value);
    EXPECT_EQ(results, (std::vector<int>{0, 1, 2, 33, 4, 5}));
    results.clear();
    for (const int value : pool.map({.chunk = 3}, sum_with_token, std::vector<int>{1, 2, 3, 4}, std::vector<int>{10, 20, 30, 40}))
        results.push_back(value);
    EXPECT_EQ(results, (std::vector<int>{11, 22, 33, 44}));
}

TEST_F(process_pool_stop_token, ids_count_from_one_and_are_seen_by_all_threads) {
    process_pool pool{{.workers = 2}};
    for (std::uint64_t i = 1; i != 50; ++i) EXPECT_EQ(outcome_of(pool.submit(i % 2 == 0 ? own_id : id_in_a_thread)), i);
    EXPECT_EQ(this_task::id(), 0u) << "outside a task";
    process_pool another{{.workers = 1}};
    EXPECT_EQ(outcome_of(another.submit(own_id)), 1u);
}

TEST_F(process_pool_stop_token, progress_is_seen_while_the_task_runs_and_afterwards) {
    process_pool pool{{.workers = 1}};
    auto running = pool.submit(advance, 0.5, there_.path(), release_.path());
    auto pending = pool.submit(twice, 1);
    there_.next();
    EXPECT_TRUE(eventually([&] { return running.progress() == 0.5; })) << running.progress();
    EXPECT_EQ(pending.progress(), 0.0);
    release_.open();
    running.wait();
    EXPECT_EQ(running.progress(), 0.75) << "what it said before its answer came before its answer";
    outcome_of(running);
    pending.wait();
    EXPECT_EQ(pending.progress(), 0.0) << "it said nothing";
}

TEST_F(process_pool_stop_token, much_progress_harms_nobody) {
    process_pool pool{{.workers = 2}};
    std::vector<future<void>> loud;
    for (int i = 0; i != 4; ++i) loud.push_back(pool.submit(flood));
    for (int i = 0; i != 100; ++i) EXPECT_EQ(outcome_of(pool.submit(twice, i)), 2 * i);
    for (auto& each : loud) {
        each.wait();
        EXPECT_NEAR(each.progress(), 19'999 / 20'000.0, 1e-6);
        outcome_of(each);
    }
}

TEST_F(process_pool_stop_token, progress_of_a_thread_left_behind_is_nobodys) {
    process_pool pool{{.workers = 1}};
    outcome_of(pool.submit(leave_a_thread, there_.path(), release_.path()));
    auto idle = pool.submit(twice, 1);
    idle.wait();
    release_.open();
    there_.next();
    auto next = pool.submit(twice, 2);
    next.wait();
    EXPECT_EQ(idle.progress(), 0.0);
    EXPECT_EQ(next.progress(), 0.0);
    expect_works(pool);
}

TEST_F(process_pool_stop_token, progress_outside_a_task_goes_nowhere) {
    this_task::progress(0.5);
    this_task::progress(std::numeric_limits<double>::quiet_NaN());
    process_pool pool{{.workers = 1}};
    auto strange = pool.submit([] { this_task::progress(std::numeric_limits<double>::infinity()); });
    outcome_of(strange);
}

} // namespace
} // namespace penstock::test

// SPDX-License-Identifier: MIT
// start_method::forkserver: workers forked from a zygote that ran preload, and that they are like any others.
#include "pool/forkserver_fixture.hpp"
#include "pool/output_collector.hpp"
#include "support/payload.hpp"
#include "support/sanitizers.hpp"

#include <penstock/this_task.hpp>
#include <penstock/thread_pool.hpp>

#include <algorithm>
#include <cstdio>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

// Preloads, and what tasks see of them.
std::string preloaded_text;
std::vector<int> preloaded_files;

void load_text(const std::string& text) { preloaded_text = text; }
void load_and_change_signals() {
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, nullptr);
    std::signal(SIGUSR1, SIG_IGN);
    std::signal(SIGCHLD, SIG_IGN);
    std::signal(SIGTERM, SIG_IGN);
    preloaded_files.push_back(::open("/dev/null", O_RDONLY));
}

std::string seen_text() { return preloaded_text; }
std::pair<pid_t, pid_t> own_and_parent() { return {::getpid(), ::getppid()}; }
void die_of(int signal) {
    std::signal(signal, SIG_DFL); // a sanitizer may have a handler
    ::raise(signal);
}
void mark(const std::string& marks) { tally::mark(marks); }
void say(const std::string& text) { std::puts(text.c_str()); }
int run_until_stopped(const std::string& arrived) {
    arrivals::announce(arrived);
    while (!this_task::stop_requested()) ::poll(nullptr, 0, 1);
    return 5;
}
std::vector<int> open_descriptors() {
    std::vector<int> numbers;
    for (const auto& [fd, what] : look_at_this_process().descriptors) numbers.push_back(fd);
    return numbers;
}
/// Signals that are blocked, ignored or handled.
std::vector<int> changed_signals() {
    std::vector<int> changed;
    sigset_t mask;
    ::sigprocmask(SIG_BLOCK, nullptr, &mask);
    for (const int signal : {SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD, SIGTERM, SIGPIPE, SIGALRM}) {
        struct sigaction action {};
        ::sigaction(signal, nullptr, &action);
        if (::sigismember(&mask, signal) != 0 || action.sa_handler != SIG_DFL) changed.push_back(signal);
    }
    return changed;
}

TEST_F(process_pool_forkserver, workers_are_children_of_one_zygote) {
    process_pool pool(with(3));
    for (const pid_t worker : wake_all(pool)) EXPECT_EQ(stat_of(worker).parent, zygote());
    const auto [own, parent] = outcome_of(pool.submit(own_and_parent));
    EXPECT_EQ(parent, zygote());
    EXPECT_NE(own, parent);
    expect_works(pool);
}

TEST_F(process_pool_forkserver, preload_runs_once_and_every_worker_has_what_it_made) {
    process_pool pool(with_load(3, 7));
    for (int i = 0; i != 30; ++i) EXPECT_EQ(outcome_of(pool.submit(seen)), 7);
    for (int i = 0; i != 5; ++i) {
        for (const pid_t worker : wake_all(pool)) kill_and_wait(worker);
        EXPECT_EQ(outcome_of(pool.submit(seen)), 7);
    }
    EXPECT_EQ(marks_.count(), 1u);
}

TEST_F(process_pool_forkserver, what_a_worker_changes_is_its_own) {
    process_pool pool(with_load(1, 7));
    EXPECT_EQ(outcome_of(pool.submit(change, 1)), 8);
    kill_and_wait(outcome_of(pool.submit(own_pid)));
    EXPECT_EQ(outcome_of(pool.submit(seen)), 7);
}

TEST_F(process_pool_forkserver, the_arguments_of_preload_may_be_larger_than_a_socket_holds) {
    const std::string text = random_text(3'000'001);
    process_pool pool({.workers = 2, .start = start_method::forkserver, .preload = call(load_text, text)});
    EXPECT_EQ(outcome_of(pool.submit(seen_text)), text);
}

TEST_F(process_pool_forkserver, the_initializer_runs_in_every_worker) {
    const tally initialized;
    pool_options options = with_load(3, 7);
    options.initializer = call(mark, initialized.path());
    process_pool pool(options);
    for (const pid_t worker : wake_all(pool)) kill_and_wait(worker);
    EXPECT_EQ(wake_all(pool).size(), 3u);
    EXPECT_EQ(initialized.count(), 6u);
    EXPECT_EQ(marks_.count(), 1u);
}

TEST_F(process_pool_forkserver, a_worker_has_its_five_descriptors_and_clean_signals) {
    process_pool pool({.workers = 2, .start = start_method::forkserver, .preload = call(load_and_change_signals)});
    EXPECT_EQ(outcome_of(pool.submit(open_descriptors)), (std::vector<int>{0, 1, 2, 3, 4}));
    EXPECT_EQ(outcome_of(pool.submit(changed_signals)), std::vector<int>{});
}

TEST_F(process_pool_forkserver, tells_how_workers_ended) {
    process_pool pool(with(2));
    for (int round = 0; round != 10; ++round) {
        EXPECT_EQ(error_of<worker_died>(pool.submit(exit_with, 7)).exit_status(), 7);
        EXPECT_EQ(error_of<worker_died>(pool.submit(exit_with, 0)).exit_status(), 0);
        EXPECT_EQ(error_of<worker_died>(pool.submit(die_of, SIGSEGV)).signal(), SIGSEGV);
        held_task held = hold_one(pool);
        EXPECT_EQ(::kill(held.worker, SIGKILL), 0);
        const auto e = error_of<worker_died>(held.result);
        EXPECT_EQ(e.pid(), held.worker);
        EXPECT_EQ(e.signal(), SIGKILL);
    }
    expect_works(pool);
}

TEST_F(process_pool_forkserver, stop_requests_arrive) {
    process_pool pool(with(1));
    auto running = pool.submit(run_until_stopped, there_.path());
    const pid_t worker = there_.next();
    EXPECT_TRUE(running.cancel(true));
    EXPECT_THROW(outcome_of(running), task_cancelled);
    EXPECT_EQ(outcome_of(pool.submit(own_pid)), worker) << "it was killed although it stopped when asked to";
}

TEST_F(process_pool_forkserver, leaves_nothing_behind) {
    for (int round = 0; round != 50; ++round) {
        process_pool pool(with_load(2, 7));
        EXPECT_EQ(outcome_of(pool.submit(seen)), 7);
        if (round % 3 == 1) pool.shutdown(shutdown_mode::kill);
        if (round % 3 == 2) kill_and_wait(outcome_of(pool.submit(own_pid)));
    }
    EXPECT_EQ(marks_.count(), 50u);
    expect_back_to(before_);
}

TEST_F(process_pool_forkserver, replaces_a_hundred_workers) {
    process_pool pool(with_load(2, 7));
    expect_works(pool);
    const process_state running = look_at_this_process();
    const pid_t one = zygote();
    for (int i = 0; i != 100; ++i) EXPECT_EQ(error_of<worker_died>(pool.submit(exit_with, 3)).exit_status(), 3);
    expect_works(pool);
    expect_back_to(running);
    EXPECT_EQ(zygote(), one);
    EXPECT_TRUE(eventually([&] { return children_of(one).size() == 2; })) << "zombies";
    EXPECT_EQ(marks_.count(), 1u);
}

TEST_F(process_pool_forkserver, grows_shrinks_and_recycles) {
    pool_options options = with_load(1, 7);
    options.max_tasks_per_worker = 4;
    process_pool pool(options);
    for (const std::size_t size : {4u, 2u, 6u, 1u, 3u}) {
        pool.resize(size);
        EXPECT_EQ(wake_all(pool).size(), size);
    }
    for (int i = 0; i != 50; ++i) EXPECT_EQ(outcome_of(pool.submit(seen)), 7);
    EXPECT_GE(pool.stats().respawns_recycled, 10u);
    EXPECT_EQ(pool.stats().respawns_died, 0u);
    EXPECT_EQ(marks_.count(), 1u);
}

// The last worker may be gone before the tasks that it left are: then the zygote must not be forgotten.
TEST_F(process_pool_forkserver, is_shut_down_with_tasks_waiting_as_often_as_you_like) {
    for (int round = 0; round != (with_sanitizer ? 40 : 200); ++round) {
        process_pool pool(with(1));
        outcome_of(pool.submit(twice, 1));
        std::vector<future<int>> all;
        for (int i = 0; i != 200; ++i) all.push_back(pool.submit(twice, i));
        pool.shutdown(round % 2 == 0 ? shutdown_mode::kill : shutdown_mode::cancel_pending);
        for (auto& each : all) EXPECT_TRUE(each.ready());
    }
}

TEST_F(process_pool_forkserver, every_way_to_shut_down_ends) {
    for (const auto mode : {shutdown_mode::drain, shutdown_mode::cancel_pending, shutdown_mode::kill}) {
        process_pool pool(with(2));
        std::vector<future<int>> all;
        for (int i = 0; i != 50; ++i) all.push_back(pool.submit(twice, i));
        pool.shutdown(mode);
        for (auto& each : all) EXPECT_TRUE(each.ready());
        EXPECT_TRUE(own_children().empty());
    }
}

TEST_F(process_pool_forkserver, output_can_be_captured) {
    std::mutex lock;
    std::vector<std::string> lines;
    pool_options options = with(2);
    options.output.mode = output_mode::capture;
    options.output.on_line = [&](const captured_line& line) {
        const std::lock_guard guard(lock);
        lines.push_back(line.text);
    };
    {
        process_pool pool(options);
        for (int i = 0; i != 3; ++i) outcome_of(pool.submit(say, std::string("line")));
        kill_and_wait(outcome_of(pool.submit(own_pid)));
        outcome_of(pool.submit(say, std::string("line")));
    }
    EXPECT_EQ(lines, std::vector<std::string>(4, "line"));
}

TEST_F(process_pool_forkserver, options_that_make_no_sense_are_refused) {
    EXPECT_THROW(process_pool({.workers = 1, .preload = call(do_nothing)}), std::invalid_argument);
    const int captured = 3;
    EXPECT_THROW(process_pool({.workers = 1,
                               .start = start_method::forkserver,
                               .preload = call([captured] { static_cast<void>(captured); })}),
                 std::invalid_argument);
    EXPECT_THROW(thread_pool({.workers = 1, .start = start_method::forkserver}), std::invalid_argument);
    EXPECT_THROW(thread_pool({.workers = 1, .preload = call(do_nothing)}), std::invalid_argument);
}

} // namespace
} // namespace penstock::test

// SPDX-License-Identifier: MIT
// pool_options.output: where the text of workers goes, and whose it is.
#include "event.hpp"
#include "pool/output_collector.hpp"
#include "support/pool_test.hpp"

#include <penstock/this_task.hpp>
#include <penstock/thread_pool.hpp>

#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <numeric>

namespace penstock::test {
namespace {

constexpr auto error = output_stream::standard_error;
constexpr std::uint64_t mib = 1u << 20;
using texts = std::vector<std::string>;

class process_pool_output : public pool_test {
protected:
    process_state before_ = look_at_this_process();
    output_collector lines_;
};

void print_out(const std::string& text) { std::fputs(text.c_str(), stdout); }
void print_both(const std::string& text, const std::string& warning) {
    std::fputs(text.c_str(), stdout);
    std::fputs(warning.c_str(), stderr);
}
/// Lines of 100 bytes, newline included.
void print_bytes(std::uint64_t bytes) {
    const std::string line = std::string(99, 'x') + '\n';
    for (std::uint64_t i = 0; i != bytes / line.size(); ++i) std::fwrite(line.data(), 1, line.size(), stdout);
}
void print_and_throw(const std::string& text) {
    print_out(text);
    throw std::runtime_error("after printing");
}
void print_and_die(const std::string& text) {
    print_out(text);
    std::fflush(stdout);
    ::raise(SIGKILL);
}
std::uint64_t print_own_id() {
    std::printf("%llu", static_cast<unsigned long long>(this_task::id()));
    return this_task::id();
}
void unsynchronise() { std::ios::sync_with_stdio(false); }
void print_with_cout(const std::string& text) { std::cout << text; }
std::string target_of(int fd) { return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd)).string(); }
std::size_t count_descriptors() { return look_at_this_process().count(); }
void close_descriptor(int fd) { ::close(fd); }
/// Leaves a child behind that has the worker's streams, and says who it is.
void leave_a_child(const std::string& announce_to, const std::string& text) {
    const pid_t child = ::fork();
    if (child == 0) {
        for (;;) ::pause();
    }
    arrivals::announce(announce_to, child);
    print_out(text);
    std::fflush(stdout);
    ::_exit(3);
}

std::uint64_t kept(const std::vector<captured_line>& lines) {
    std::uint64_t sum = 0;
    for (const captured_line& line : lines) sum += line.dropped == 0 ? line.text.size() + 1 : 0;
    return sum;
}
std::uint64_t dropped(const std::vector<captured_line>& lines) {
    std::uint64_t sum = 0;
    for (const captured_line& line : lines) sum += line.dropped;
    return sum;
}

TEST_F(process_pool_output, lines_come_with_worker_task_and_stream) {
    pid_t worker = 0;
    {
        process_pool pool({.workers = 1, .output = lines_.options()});
        worker = outcome_of(pool.submit(own_pid));
        outcome_of(pool.submit({.label = "first"}, print_both, std::string("one\ntwo\n"), std::string("careful\n")));
        outcome_of(pool.submit({.label = "second"}, print_out, std::string("three\n")));
    }
    EXPECT_EQ(lines_.texts("first"), (texts{"one", "two"}));
    EXPECT_EQ(lines_.texts("first", error), texts{"careful"});
    EXPECT_EQ(lines_.texts("second"), texts{"three"});
    ASSERT_EQ(lines_.lines().size(), 4u);
    for (const captured_line& line : lines_.lines()) {
        EXPECT_EQ(line.worker, 0u);
        EXPECT_EQ(line.pid, worker);
        EXPECT_EQ(line.task_id, line.task_label == "first" ? 2u : 3u);
    }
    expect_back_to(before_);
}

TEST_F(process_pool_output, a_task_that_ends_without_a_newline_ends_its_line) {
    {
        process_pool pool({.workers = 1, .output = lines_.options()});
        outcome_of(pool.submit({.label = "a"}, print_out, std::string("half")));
        EXPECT_THROW(outcome_of(pool.submit({.label = "b"}, print_and_throw, std::string("thrown"))), std::runtime_error);
        outcome_of(pool.submit({.label = "c"}, print_out, std::string("other\n")));
    }
    EXPECT_EQ(lines_.texts("a"), texts{"half"});
    EXPECT_EQ(lines_.texts("b"), texts{"thrown"});
    EXPECT_EQ(lines_.texts("c"), texts{"other"});
}

TEST_F(process_pool_output, every_task_of_thousands_gets_its_own_text) {
    constexpr std::size_t tasks = 3000;
    {
        process_pool pool({.workers = 3, .output = lines_.options()});
        std::vector<future<std::uint64_t>> all;
        for (std::size_t i = 0; i != tasks; ++i) all.push_back(pool.submit(print_own_id));
        for (auto& each : all) outcome_of(each);
    }
    EXPECT_EQ(lines_.lines().size(), tasks);
    for (const captured_line& line : lines_.lines()) EXPECT_EQ(line.text, std::to_string(line.task_id));
}

TEST_F(process_pool_output, a_cout_with_its_own_buffer_is_flushed_too) {
    {
        process_pool pool({.workers = 1, .initializer = call(unsynchronise), .output = lines_.options()});
        outcome_of(pool.submit({.label = "a"}, print_with_cout, std::string("by cout")));
        outcome_of(pool.submit({.label = "b"}, print_with_cout, std::string("b\n")));
    }
    EXPECT_EQ(lines_.texts("a"), texts{"by cout"});
    EXPECT_EQ(lines_.texts("b"), texts{"b"});
}

TEST_F(process_pool_output, lines_arrive_before_the_callback_of_their_task) {
    process_pool pool({.workers = 1, .output = lines_.options()});
    const gate release;
    const arrivals there;
    auto held = pool.submit(stay, there.path(), release.path());
    there.next();
    auto printed = pool.submit({.label = "a"}, print_out, std::string("text"));
    event done;
    texts seen;
    printed.on_done([&](auto&) {
        seen = lines_.texts("a");
        done.set();
    });
    release.open();
    ASSERT_TRUE(done.wait());
    EXPECT_EQ(seen, texts{"text"});
    outcome_of(held);
}

TEST_F(process_pool_output, outside_tasks_belongs_to_none) {
    {
        process_pool pool({.workers = 1,
                           .initializer = call(print_out, std::string("hello")),
                           .finalizer = call(print_out, std::string("bye")),
                           .output = lines_.options()});
        outcome_of(pool.submit({.label = "a"}, print_out, std::string("task")));
    }
    EXPECT_EQ(lines_.texts("a"), texts{"task"});
    EXPECT_EQ(lines_.texts(""), (texts{"hello", "bye"}));
    EXPECT_EQ(lines_.lines().front().task_id, 0u);
}

TEST_F(process_pool_output, beyond_the_limit_is_dropped_counted_and_said_once) {
    {
        process_pool pool({.workers = 1, .output = lines_.options(1000)});
        outcome_of(pool.submit({.label = "a"}, print_bytes, std::uint64_t{50'000}));
        outcome_of(pool.submit({.label = "b"}, print_bytes, std::uint64_t{1000}));
    }
    EXPECT_EQ(lines_.texts("a").size(), 10u);
    EXPECT_EQ(lines_.texts("b").size(), 10u) << "the limit is for each task";
    texts notices;
    for (const captured_line& line : lines_.lines())
        if (line.dropped != 0) notices.push_back(line.task_label + ": " + line.text);
    ASSERT_EQ(notices.size(), 1u);
    EXPECT_EQ(notices[0].find("a: penstock: 49000 bytes of output were dropped"), 0u) << notices[0];
}

TEST_F(process_pool_output, ten_megabytes_stall_nobody) {
    constexpr std::uint64_t much = 10'000'000;
    {
        process_pool pool({.workers = 2, .output = lines_.options(0)});
        auto loud = pool.submit({.label = "loud"}, print_bytes, much);
        for (int i = 0; i != 100; ++i) EXPECT_EQ(outcome_of(pool.submit(twice, i)), 2 * i);
        outcome_of(loud);
    }
    EXPECT_EQ(kept(lines_.lines()) + dropped(lines_.lines()), much);
    EXPECT_GT(kept(lines_.lines()), 0u);
    expect_back_to(before_);
}

TEST_F(process_pool_output, a_callback_that_does_not_return_stalls_nobody_and_holds_16_mib_at_most) {
    constexpr std::uint64_t much = 64'000'000;
    {
        const gate release;
        worker_output slow = lines_.options(0);
        slow.on_line = [keep = lines_.function(), path = release.path()](const captured_line& line) {
            gate::wait(path);
            keep(line);
        };
        process_pool pool({.workers = 1, .output = slow});
        outcome_of(pool.submit({.label = "loud"}, print_bytes, much));
        EXPECT_EQ(outcome_of(pool.submit(twice, 4)), 8);
        EXPECT_TRUE(lines_.lines().empty());
        release.open();
    }
    EXPECT_LE(kept(lines_.lines()), 16 * mib);
    EXPECT_GT(kept(lines_.lines()), mib); // how much goes into 16 MiB depends on how small the pieces come
    EXPECT_EQ(kept(lines_.lines()) + dropped(lines_.lines()), much);
}

TEST_F(process_pool_output, a_callback_that_throws_loses_its_own_line_alone) {
    const silence quiet;
    {
        worker_output throwing = lines_.options();
        throwing.on_line = [keep = lines_.function()](const captured_line& line) {
            if (line.text == "bad") throw std::runtime_error("on purpose");
            keep(line);
        };
        process_pool pool({.workers = 1, .output = throwing});
        outcome_of(pool.submit({.label = "a"}, print_out, std::string("good\nbad\nfine\n")));
    }
    EXPECT_EQ(lines_.texts("a"), (texts{"good", "fine"}));
}

TEST_F(process_pool_output, of_a_worker_that_dies_in_the_middle_of_a_line_is_not_lost) {
    {
        process_pool pool({.workers = 1, .output = lines_.options()});
        error_of<worker_died>(pool.submit({.label = "fatal"}, print_and_die, std::string("whole\nhal")));
        outcome_of(pool.submit({.label = "next"}, print_out, std::string("successor\n")));
    }
    EXPECT_EQ(lines_.texts("fatal"), (texts{"whole", "hal"}));
    EXPECT_EQ(lines_.texts("next"), texts{"successor"});
    expect_back_to(before_);
}

TEST_F(process_pool_output, a_notice_survives_the_worker) {
    {
        process_pool pool({.workers = 1, .output = lines_.options(3)});
        error_of<worker_died>(pool.submit({.label = "fatal"}, print_and_die, std::string("123456")));
    }
    EXPECT_EQ(lines_.texts("fatal"), texts{"123"});
    EXPECT_EQ(dropped(lines_.lines()), 3u);
}

TEST_F(process_pool_output, a_child_left_behind_with_the_pipes_holds_nothing_up) {
    pid_t child = 0;
    {
        process_pool pool({.workers = 1, .output = lines_.options()});
        const arrivals there;
        error_of<worker_died>(pool.submit({.label = "fatal"}, leave_a_child, there.path(), std::string("last words")));
        child = there.next();
        outcome_of(pool.submit({.label = "next"}, print_out, std::string("successor\n")));
        EXPECT_TRUE(lives(child));
    }
    EXPECT_EQ(lines_.texts("fatal"), texts{"last words"});
    EXPECT_EQ(lines_.texts("next"), texts{"successor"});
    expect_back_to(before_);
    EXPECT_EQ(::kill(child, SIGKILL), 0);
}

TEST_F(process_pool_output, a_task_may_close_its_streams) {
    {
        process_pool pool({.workers = 1, .output = lines_.options()});
        outcome_of(pool.submit(twice, 1));
        const std::size_t with_both = look_at_this_process().count();
        outcome_of(pool.submit(close_descriptor, STDOUT_FILENO));
        EXPECT_TRUE(eventually([&] { return look_at_this_process().count() == with_both - 1; }))
            << "the other end is closed, not polled for ever";
        outcome_of(pool.submit({.label = "a"}, print_both, std::string("into nothing\n"), std::string("error\n")));
        EXPECT_EQ(outcome_of(pool.submit(twice, 4)), 8);
    }
    EXPECT_TRUE(lines_.texts("a").empty());
    EXPECT_EQ(lines_.texts("a", error), texts{"error"});
    expect_back_to(before_);
}

TEST_F(process_pool_output, a_worker_has_its_five_descriptors_in_every_mode) {
    process_pool inheriting({.workers = 1});
    process_pool discarding({.workers = 1, .output = {.mode = output_mode::discard}});
    process_pool capturing({.workers = 1, .output = lines_.options()});
    for (process_pool* pool : {&inheriting, &discarding, &capturing})
        EXPECT_EQ(outcome_of(pool->submit(count_descriptors)), 5u);
    for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
        EXPECT_EQ(outcome_of(inheriting.submit(target_of, fd)), target_of(fd));
        EXPECT_EQ(outcome_of(discarding.submit(target_of, fd)), "/dev/null");
        EXPECT_EQ(outcome_of(capturing.submit(target_of, fd)).find("pipe:"), 0u);
    }
    EXPECT_NE(outcome_of(capturing.submit(target_of, STDOUT_FILENO)), outcome_of(capturing.submit(target_of, STDERR_FILENO)));
}

TEST_F(process_pool_output, capturing_costs_two_descriptors_a_worker_and_the_check_knows) {
    rlimit saved{};
    ::getrlimit(RLIMIT_NOFILE, &saved);
    const rlimit few{30, saved.rlim_max}; // 4 * 4 + 8 are within it, 4 * 6 + 10 are not
    ::setrlimit(RLIMIT_NOFILE, &few);
    std::string what;
    try {
        process_pool({.workers = 4, .output = lines_.options()});
    } catch (const start_error& e) {
        what = e.what();
    }
    ::setrlimit(RLIMIT_NOFILE, &saved);
    EXPECT_NE(what.find("4 workers need 34 file descriptors, RLIMIT_NOFILE allows 30"), std::string::npos) << what;
}

TEST_F(process_pool_output, is_back_to_the_start_after_many_deaths) {
    {
        process_pool pool({.workers = 2, .output = lines_.options()});
        wake_all(pool);
        const process_state running = look_at_this_process();
        for (int i = 0; i != 20; ++i) error_of<worker_died>(pool.submit(print_and_die, std::string("dying ") + std::to_string(i)));
        wake_all(pool);
        process_state now;
        EXPECT_TRUE(eventually([&] { return (now = look_at_this_process()).count() == running.count(); })) << now;
    }
    EXPECT_EQ(lines_.texts("").size(), 20u);
    expect_back_to(before_);
}

TEST_F(process_pool_output, nonsense_is_refused) {
    EXPECT_THROW(process_pool({.workers = 1, .output = {.mode = output_mode::capture}}), std::invalid_argument);
    EXPECT_THROW(process_pool({.workers = 1, .output = {.on_line = lines_.function()}}), std::invalid_argument);
}

TEST(thread_pool_output, is_refused) {
    EXPECT_THROW(thread_pool({.workers = 1, .output = {.mode = output_mode::discard}}), std::invalid_argument);
    EXPECT_THROW(thread_pool({.workers = 1, .output = output_collector().options()}), std::invalid_argument);
}

} // namespace
} // namespace penstock::test

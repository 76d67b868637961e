// SPDX-License-Identifier: MIT
// fork_map when its processes, its pipes or its time end early.
#include <penstock/fork_map.hpp>

#include "gate.hpp"
#include "support/arrivals.hpp"
#include "support/failing_calls.hpp"
#include "support/fork_test.hpp"
#include "support/invariants.hpp"

#include <gtest/gtest.h>

#include <pthread.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

namespace penstock {
namespace {

using namespace std::chrono_literals;

class fork_map_fault_test : public test::fork_test {
protected:
    /// After every test: no child, no zombie, no descriptor more than before.
    void SetUp() override {
        fork_test::SetUp();
        before_ = test::look_at_this_process();
    }
    void TearDown() override {
        if (!IsSkipped()) test::expect_back_to(before_);
    }

private:
    test::process_state before_;
};

std::vector<int> numbers(int count) {
    std::vector<int> all;
    for (int i = 0; i != count; ++i) all.push_back(i);
    return all;
}

template <class R>
worker_died death_of(const outcome<R>& ended) {
    EXPECT_TRUE(test::failed_with<worker_died>(ended));
    try {
        std::rethrow_exception(ended.error());
    } catch (const worker_died& e) {
        return e;
    } catch (...) {
        return worker_died("none", {});
    }
}

TEST_F(fork_map_fault_test, a_process_that_dies_costs_its_item_alone) {
    const auto dying = [](int i) {
        if (i == 1) ::kill(::getpid(), SIGKILL);
        if (i == 2) std::exit(0);
        if (i == 3) ::_exit(3);
        if (i == 4) std::abort();
        if (i == 5) ::pthread_exit(nullptr);
        return i;
    };
    const auto ends = fork_map_outcomes({.max_workers = 2, .label = "tile"}, dying, numbers(7));
    ASSERT_EQ(ends.size(), 7u);
    EXPECT_EQ(ends[0].value(), 0);
    EXPECT_EQ(death_of(ends[1]).signal(), SIGKILL);
    EXPECT_EQ(death_of(ends[1]).label(), "tile");
    EXPECT_EQ(death_of(ends[2]).exit_status(), 0);
    EXPECT_EQ(death_of(ends[3]).exit_status(), 3);
    EXPECT_EQ(death_of(ends[4]).signal(), SIGABRT);
    EXPECT_NE(death_of(ends[5]).hint().find("pthread_exit"), std::string::npos);
    EXPECT_EQ(ends[6].value(), 6);
}

TEST_F(fork_map_fault_test, a_process_killed_in_the_middle_of_its_result_gives_none) {
    const auto make = [](int) { return std::string("y"); };
    // More is announced than comes: into the pipe, whichever descriptor that is.
    const auto cut = [&](int i) {
        if (i != 0) return make(i);
        const std::uint64_t announced = 1000;
        for (int fd = 3; fd != 64; ++fd) static_cast<void>(::write(fd, &announced, sizeof announced) < 0);
        ::_exit(0);
    };
    const auto ends = fork_map_outcomes({.max_workers = 1}, cut, numbers(2));
    EXPECT_EQ(death_of(ends[0]).exit_status(), 0);
    EXPECT_EQ(ends[1].value(), "y");
}

TEST_F(fork_map_fault_test, garbage_in_the_pipes_costs_its_item_alone) {
    const auto scribbling = [](int i) {
        if (i != 1) return i;
        const std::string garbage(100'000, 'g');
        for (int fd = 3; fd != 64; ++fd) static_cast<void>(::write(fd, garbage.data(), garbage.size()) < 0);
        return i;
    };
    const auto ends = fork_map_outcomes({.max_workers = 3}, scribbling, numbers(3));
    EXPECT_EQ(ends[0].value(), 0);
    EXPECT_TRUE(test::failed_with<payload_error>(ends[1]));
    EXPECT_EQ(ends[2].value(), 2);
}

TEST_F(fork_map_fault_test, closing_every_descriptor_costs_its_item_alone) {
    const auto closing = [](int i) {
        if (i == 0) ::close_range(0, ~0U, 0);
        return i;
    };
    const auto ends = fork_map_outcomes(closing, numbers(2));
    EXPECT_NE(death_of(ends[0]).hint().find("pipes"), std::string::npos);
    EXPECT_EQ(ends[1].value(), 1);
}

TEST_F(fork_map_fault_test, a_result_over_the_limit_is_refused) {
    const auto make = [](std::size_t size) { return std::string(size, 'x'); };
    const auto ends = fork_map_outcomes({.max_payload = 1000}, make, std::vector<std::size_t>{10, 5'000'000});
    EXPECT_EQ(ends[0].value().size(), 10u);
    EXPECT_NE(test::failure_of<payload_error>(ends[1]).find("max_payload"), std::string::npos);
}

TEST_F(fork_map_fault_test, a_grandchild_that_holds_the_pipe_is_not_waited_for) {
    const test::gate end;
    const test::arrivals there;
    const auto leaving = [&](int i) {
        if (::fork() == 0) {
            test::arrivals::announce(there.path());
            end.wait();
            ::_exit(0);
        }
        return i;
    };
    EXPECT_EQ(fork_map(leaving, numbers(1)), numbers(1));
    const pid_t grandchild = there.next();
    end.open();
    EXPECT_TRUE(test::eventually([&] { return !test::lives(grandchild); }));
}

TEST_F(fork_map_fault_test, a_call_that_returns_twice_answers_once) {
    const auto doubling = [](int i) {
        const pid_t child = ::fork();
        if (child > 0) ::waitpid(child, nullptr, 0);
        return i + (child == 0 ? 100 : 0);
    };
    EXPECT_EQ(fork_map(doubling, numbers(3)), numbers(3));
}

TEST_F(fork_map_fault_test, the_time_limit_kills_what_has_not_ended_and_keeps_the_rest) {
    const test::gate never;
    const test::arrivals there;
    const auto hanging = [&](int i) {
        if (i == 1) {
            test::arrivals::announce(there.path());
            ::signal(SIGTERM, SIG_IGN);
            never.wait();
        }
        return i;
    };
    // One after the other: 0 ends before 1 begins, and 2 to 4 are never read.
    const auto ends = fork_map_outcomes({.max_workers = 1, .timeout = 500ms}, hanging, numbers(5));
    ASSERT_EQ(ends.size(), 5u);
    if (there.is_empty()) GTEST_SKIP() << "this machine did not start two processes in half a second";
    EXPECT_EQ(ends[0].value(), 0);
    for (std::size_t i = 1; i != 5; ++i) EXPECT_TRUE(test::failed_with<task_timeout>(ends[i])) << i;
    EXPECT_FALSE(test::lives(there.next()));
    EXPECT_THROW(fork_map({.timeout = 1ms}, hanging, std::vector{1}), task_timeout);
}

TEST_F(fork_map_fault_test, one_outcome_stands_for_the_unread_items_of_an_endless_range) {
    struct naturals {
        struct iterator {
            int at;
            int operator*() const { return at; }
            iterator& operator++() { return ++at, *this; }
            bool operator!=(const iterator&) const { return true; }
        };
        iterator begin() const { return {0}; }
        iterator end() const { return {0}; }
    };
    const auto ends = fork_map_outcomes({.max_workers = 2, .timeout = 50ms}, [](int i) { return i; }, naturals{});
    ASSERT_FALSE(ends.empty());
    EXPECT_TRUE(test::failed_with<task_timeout>(ends.back()));
}

TEST_F(fork_map_fault_test, works_with_sigchld_ignored_and_with_a_stranger_that_reaps) {
    std::signal(SIGCHLD, SIG_IGN);
    const auto dying = [](int i) { return i == 1 ? std::raise(SIGKILL) : i; };
    auto ends = fork_map_outcomes(dying, numbers(4));
    std::signal(SIGCHLD, [](int) {
        const int error = errno;
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {}
        errno = error;
    });
    for (auto& end : fork_map_outcomes(dying, numbers(4))) ends.push_back(std::move(end));
    std::signal(SIGCHLD, SIG_DFL);
    ASSERT_EQ(ends.size(), 8u);
    for (std::size_t i = 0; i != 8; ++i)
        if (i % 4 == 1) EXPECT_TRUE(test::failed_with<worker_died>(ends[i]));
        else EXPECT_EQ(ends[i].value(), static_cast<int>(i % 4));
}

TEST_F(fork_map_fault_test, signals_that_interrupt_do_not_matter) {
    struct sigaction act{}, old{};
    act.sa_handler = [](int) {}; // without SA_RESTART
    ::sigaction(SIGVTALRM, &act, &old);
    const itimerval often{{0, 200}, {0, 200}};
    ::setitimer(ITIMER_VIRTUAL, &often, nullptr);
    const auto make = [](int i) { return std::string(3'000'000, static_cast<char>('a' + i)); };
    const auto results = fork_map({.max_workers = 3}, make, numbers(6));
    const itimerval never{};
    ::setitimer(ITIMER_VIRTUAL, &never, nullptr);
    ::sigaction(SIGVTALRM, &old, nullptr);
    for (int i = 0; i != 6; ++i) EXPECT_TRUE(results[static_cast<std::size_t>(i)] == make(i));
}

TEST_F(fork_map_fault_test, no_process_outlives_the_parent) {
    const test::arrivals there;
    const test::gate never;
    // The parent is itself a copy: it is killed while its calls run.
    const auto parent = [&](int) {
        return fork_map({.max_workers = 2}, [&](int i) { test::arrivals::announce(there.path()); never.wait(); return i; }, numbers(2));
    };
    const auto killer = [&](int i) {
        if (i == 0) return parent(0);
        const pid_t one = there.next();
        const pid_t other = there.next();
        ::kill(test::stat_of(one).parent, SIGKILL);
        return std::vector<int>{one, other};
    };
    const auto ends = fork_map_outcomes({.max_workers = 2}, killer, numbers(2));
    EXPECT_EQ(death_of(ends[0]).signal(), SIGKILL);
    for (const pid_t orphan : ends[1].value()) EXPECT_TRUE(test::eventually([&] { return !test::lives(orphan); }, 20s));
}

TEST_F(fork_map_fault_test, what_is_refused_once_is_tried_again_when_a_call_has_ended) {
    test::failing_calls calls;
    const auto same = [](int i) { return i; };
    for (const test::call_kind kind : {test::call_kind::pipe2, test::call_kind::fork}) {
        calls.fail_one(kind, EAGAIN, 2); // the first call runs
        EXPECT_EQ(fork_map({.max_workers = 3}, same, numbers(6)), numbers(6));
        EXPECT_EQ(calls.injected(), 1);
    }
    for (const test::call_kind kind : {test::call_kind::pidfd_open, test::call_kind::move_descriptor}) {
        calls.fail(kind, EMFILE, 1, 1'000'000); // deaths are noticed all the same
        EXPECT_EQ(fork_map({.max_workers = 3}, same, numbers(6)), numbers(6));
    }
    calls.disarm();
}

TEST_F(fork_map_fault_test, what_is_refused_while_no_call_runs_is_the_items_outcome) {
    test::failing_calls calls;
    for (const test::call_kind kind : {test::call_kind::pipe2, test::call_kind::fork}) {
        calls.fail_one(kind, EMFILE, 1);
        const auto ends = fork_map_outcomes({.max_workers = 1}, [](int i) { return i; }, numbers(2));
        EXPECT_TRUE(test::failed_with<start_error>(ends[0]));
        EXPECT_EQ(ends[1].value(), 1);
    }
    calls.disarm();
}

TEST_F(fork_map_fault_test, without_a_free_descriptor_says_so) {
    if (test::with_address_sanitizer) GTEST_SKIP() << "UndefinedBehaviorSanitizer needs descriptors itself to look at memory";
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    const int first_free = ::dup(0);
    ::close(first_free);
    const rlimit none{static_cast<rlim_t>(first_free), limit.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    const auto ends = fork_map_outcomes([](int i) { return i; }, numbers(2));
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    ASSERT_EQ(ends.size(), 2u);
    for (const auto& end : ends) {
        const std::string what = test::failure_of<start_error>(end);
        EXPECT_NE(what.find("Too many open files"), std::string::npos) << what;
    }
}

TEST_F(fork_map_fault_test, the_time_limit_ends_a_call_that_waits_for_a_process_too) {
    test::failing_calls calls;
    calls.fail(test::call_kind::fork, EAGAIN, 2, 1'000'000);
    const test::gate never;
    const auto hanging = [&](int) { never.wait(); };
    const auto ends = fork_map_outcomes({.max_workers = 2, .timeout = 50ms}, hanging, numbers(4));
    ASSERT_EQ(ends.size(), 4u);
    for (const auto& end : ends) EXPECT_TRUE(test::failed_with<task_timeout>(end));
    calls.disarm();
}

TEST_F(fork_map_fault_test, a_time_limit_that_is_over_at_once_ends_all) {
    const test::gate never;
    for (int round = 0; round != 50; ++round) {
        const auto limit = std::chrono::microseconds(1 + 20 * round); // before, between and after the forks
        const auto ends = fork_map_outcomes({.max_workers = 4, .timeout = limit}, [&](int) { never.wait(); }, numbers(8));
        ASSERT_EQ(ends.size(), 8u);
        for (const auto& end : ends) EXPECT_TRUE(test::failed_with<task_timeout>(end));
    }
}

TEST_F(fork_map_fault_test, a_hundred_rounds_leave_nothing_behind) {
    for (int round = 0; round != 100; ++round) {
        const auto ends = fork_map_outcomes({.max_workers = 4}, [&](int i) { return i == round % 4 ? std::raise(SIGKILL) : i; }, numbers(4));
        for (int i = 0; i != 4; ++i) EXPECT_EQ(ends[static_cast<std::size_t>(i)].has_value(), i != round % 4);
    }
}

} // namespace
} // namespace penstock

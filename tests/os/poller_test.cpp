// SPDX-License-Identifier: MIT
#include "os/poller.hpp"

#include "test_tools.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstdint>
#include <set>
#include <string>
#include <system_error>
#include <vector>

namespace penstock::os {
namespace {

using namespace std::chrono_literals;
using test::seam_guard;

constexpr std::chrono::nanoseconds at_once{0};

TEST(poller, reports_what_was_asked_for) {
    pipe_ends ends = make_pipe();
    poller poll;
    poll.add(ends.read_end.get(), 1, true, false);
    poll.add(ends.write_end.get(), 2, false, true);
    const auto first = poll.wait(at_once);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].key, 2U);
    EXPECT_TRUE(first[0].writable);
    EXPECT_FALSE(first[0].readable);
    EXPECT_FALSE(first[0].hung_up);

    ASSERT_EQ(write_some(ends.write_end.get(), "x", 1).status, io_status::ok);
    poll.change(ends.write_end.get(), 2, false, false);
    const auto second = poll.wait(at_once);
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(second[0].key, 1U);
    EXPECT_TRUE(second[0].readable);
    EXPECT_FALSE(second[0].writable);
}

TEST(poller, reports_hanging_up_together_with_the_last_bytes) {
    pipe_ends ends = make_pipe();
    poller poll;
    poll.add(ends.read_end.get(), 5, true, false);
    ASSERT_EQ(write_some(ends.write_end.get(), "x", 1).status, io_status::ok);
    ends.write_end.reset();
    const auto events = poll.wait(std::nullopt);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_TRUE(events[0].readable);
    EXPECT_TRUE(events[0].hung_up);
}

TEST(poller, reports_a_gone_reader) {
    pipe_ends ends = make_pipe();
    poller poll;
    poll.add(ends.write_end.get(), 5, false, false);
    EXPECT_TRUE(poll.wait(at_once).empty());
    ends.read_end.reset();
    const auto events = poll.wait(std::nullopt);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_TRUE(events[0].hung_up);
}

TEST(poller, change_can_give_a_new_key) {
    const pipe_ends ends = make_pipe();
    poller poll;
    poll.add(ends.write_end.get(), 1, false, true);
    poll.change(ends.write_end.get(), UINT64_MAX, false, true);
    ASSERT_EQ(poll.wait(at_once).size(), 1U);
    EXPECT_EQ(poll.wait(at_once)[0].key, UINT64_MAX);
}

TEST(poller, removed_descriptors_are_silent) {
    const pipe_ends ends = make_pipe();
    poller poll;
    poll.add(ends.write_end.get(), 1, false, true);
    poll.remove(ends.write_end.get());
    poll.remove(ends.write_end.get());  // again: harmless
    poll.remove(-1);
    EXPECT_TRUE(poll.wait(at_once).empty());
}

TEST(poller, a_dead_child_makes_its_pidfd_readable) {
    test::started_child child = test::start_shell("read line; exit 3");
    if (child.process.pidfd() < 0) GTEST_SKIP() << "this kernel has no pidfd_open";
    poller poll;
    poll.add(child.process.pidfd(), 9, true, false);
    EXPECT_TRUE(child.process.send_signal(SIGKILL));
    const auto events = poll.wait(std::nullopt);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].key, 9U);
    EXPECT_TRUE(events[0].readable);
    EXPECT_TRUE(child.process.try_reap());
}

TEST(poller, more_events_than_one_wait_holds_are_all_reported) {
    constexpr std::uint64_t many = 300;
    const pipe_ends ends = make_pipe();
    std::vector<file_descriptor> copies;
    poller poll;
    for (std::uint64_t key = 0; key < many; ++key) {
        copies.emplace_back(::fcntl(ends.write_end.get(), F_DUPFD_CLOEXEC, 3));
        ASSERT_TRUE(copies.back());
        poll.add(copies.back().get(), key, false, true);
    }
    std::set<std::uint64_t> seen;
    for (int round = 0; round < 3; ++round) {
        for (const poller::event& event : poll.wait(at_once)) seen.insert(event.key);
    }
    EXPECT_EQ(seen.size(), many);
}

TEST(poller, timeouts_round_up_to_milliseconds) {
    static int given;
    const seam_guard guard;
    poller poll;
    calls().epoll_wait = [](int, epoll_event*, int, int timeout) { return given = timeout, 0; };
    const auto passed_on = [&](std::optional<std::chrono::nanoseconds> timeout) {
        static_cast<void>(poll.wait(timeout));
        return given;
    };
    EXPECT_EQ(passed_on(std::nullopt), -1);
    EXPECT_EQ(passed_on(0ns), 0);
    EXPECT_EQ(passed_on(-5s), 0);
    EXPECT_EQ(passed_on(1ns), 1);
    EXPECT_EQ(passed_on(1ms), 1);
    EXPECT_EQ(passed_on(1'000'001ns), 2);
    EXPECT_EQ(passed_on(std::chrono::nanoseconds::max()), INT_MAX);
}

TEST(poller, an_interrupted_wait_is_an_empty_one) {
    const pipe_ends ends = make_pipe();
    const seam_guard guard;
    poller poll;
    poll.add(ends.write_end.get(), 1, false, true);
    ASSERT_EQ(poll.wait(at_once).size(), 1U);
    calls().epoll_wait = [](int, epoll_event*, int, int) { return errno = EINTR, -1; };
    EXPECT_TRUE(poll.wait(std::nullopt).empty());
}

TEST(poller, failures_name_the_call) {
    const pipe_ends ends = make_pipe();
    const seam_guard guard;
    poller poll;
    calls().epoll_wait = [](int, epoll_event*, int, int) { return errno = EBADF, -1; };
    EXPECT_THROW(static_cast<void>(poll.wait(at_once)), std::system_error);
    calls().epoll_create1 = [](int) { return errno = EMFILE, -1; };
    EXPECT_THROW(poller{}, std::system_error);
    try {
        poll.change(ends.read_end.get(), 1, true, false);  // was never added
        FAIL() << "no exception";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code().value(), ENOENT);
        EXPECT_NE(std::string{error.what()}.find("epoll_ctl"), std::string::npos);
    }
}

}  // namespace
}  // namespace penstock::os

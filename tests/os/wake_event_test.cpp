// SPDX-License-Identifier: MIT
#include "os/wake_event.hpp"

#include "os/poller.hpp"
#include "test_tools.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <system_error>
#include <thread>

namespace penstock::os {
namespace {

constexpr std::chrono::nanoseconds at_once{0};

TEST(wake_event, is_readable_from_signal_until_clear) {
    wake_event event;
    poller poll;
    poll.add(event.fd(), 7, true, false);
    EXPECT_TRUE(poll.wait(at_once).empty());
    event.signal();
    event.signal();
    ASSERT_EQ(poll.wait(at_once).size(), 1U);
    EXPECT_EQ(poll.wait(at_once)[0].key, 7U);
    event.clear();  // both at once
    EXPECT_TRUE(poll.wait(at_once).empty());
    event.clear();  // nothing there: must not block
}

TEST(wake_event, wakes_a_sleeping_poller) {
    wake_event event;
    poller poll;
    poll.add(event.fd(), 1, true, false);
    std::thread other{[&] { event.signal(); }};
    EXPECT_EQ(poll.wait(std::nullopt).size(), 1U);
    other.join();
}

TEST(wake_event, a_full_counter_neither_blocks_nor_is_lost) {
    wake_event event;
    const std::uint64_t fullest = UINT64_MAX - 1;
    ASSERT_EQ(::write(event.fd(), &fullest, sizeof fullest), static_cast<ssize_t>(sizeof fullest));
    errno = ENOENT;
    event.signal();
    EXPECT_EQ(errno, ENOENT);
    poller poll;
    poll.add(event.fd(), 1, true, false);
    EXPECT_EQ(poll.wait(at_once).size(), 1U);
}

TEST(wake_event, an_interrupted_write_is_repeated) {
    wake_event event;
    static int left;
    static test::seam_guard* guard;
    test::seam_guard own;
    guard = &own;
    left = 2;
    calls().write = [](int fd, const void* data, std::size_t size) -> ssize_t {
        return left-- > 0 ? (errno = EINTR, -1) : guard->real().write(fd, data, size);
    };
    event.signal();
    poller poll;
    poll.add(event.fd(), 1, true, false);
    EXPECT_EQ(poll.wait(at_once).size(), 1U);
}

TEST(wake_event, closes_on_exec_and_reports_failure) {
    const wake_event event;
    EXPECT_NE(::fcntl(event.fd(), F_GETFD) & FD_CLOEXEC, 0);
    const test::seam_guard guard;
    calls().eventfd = [](unsigned, int) { return errno = ENFILE, -1; };
    EXPECT_THROW(wake_event{}, std::system_error);
}

}  // namespace
}  // namespace penstock::os

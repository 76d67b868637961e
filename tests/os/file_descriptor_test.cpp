// SPDX-License-Identifier: MIT
#include "os/file_descriptor.hpp"

#include "test_tools.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <utility>

namespace penstock::os {
namespace {

file_descriptor open_null() { return file_descriptor{::open("/dev/null", O_RDONLY | O_CLOEXEC)}; }

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

TEST(file_descriptor, closes_what_it_owns_once) {
    int number = -1;
    {
        const file_descriptor fd = open_null();
        number = fd.get();
        ASSERT_TRUE(fd);
        EXPECT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
}

TEST(file_descriptor, moves_its_number) {
    file_descriptor first = open_null();
    const int number = first.get();
    file_descriptor second{std::move(first)};
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): the moved-from state is what is tested
    EXPECT_EQ(second.get(), number);
    file_descriptor third = open_null();
    const int replaced = third.get();
    third = std::move(second);
    EXPECT_EQ(third.get(), number);
    EXPECT_FALSE(is_open(replaced));
    EXPECT_TRUE(is_open(number));
}

TEST(file_descriptor, release_gives_the_number_away) {
    file_descriptor fd = open_null();
    const int number = fd.release();
    EXPECT_FALSE(fd);
    EXPECT_TRUE(is_open(number));
    ::close(number);
}

TEST(file_descriptor, resetting_to_its_own_number_keeps_it) {
    file_descriptor fd = open_null();
    fd.reset(fd.get());
    EXPECT_TRUE(is_open(fd.get()));
    const int number = fd.get();
    fd.reset();
    EXPECT_FALSE(is_open(number));
}

TEST(file_descriptor, closing_keeps_errno) {
    file_descriptor wrong{100'000'000};  // close fails with EBADF
    errno = EMFILE;
    wrong.reset();
    EXPECT_EQ(errno, EMFILE);
}

TEST(file_descriptor, above_stdio_moves_only_the_first_three) {
    file_descriptor high = open_null();
    const int number = high.get();
    ASSERT_GT(number, 2);
    EXPECT_EQ(above_stdio(std::move(high)).get(), number);
    EXPECT_FALSE(above_stdio(file_descriptor{}));
    EXPECT_EQ(0, test::in_fork([] {
                  ::close(0);
                  const file_descriptor moved = above_stdio(open_null());
                  const bool closes_on_exec = (::fcntl(moved.get(), F_GETFD) & FD_CLOEXEC) != 0;
                  return moved.get() > 2 && closes_on_exec && !is_open(0) ? 0 : 1;
              }));
}

}  // namespace
}  // namespace penstock::os

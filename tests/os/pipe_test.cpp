// SPDX-License-Identifier: MIT
#include "os/pipe.hpp"

#include "test_tools.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <string>
#include <system_error>
#include <vector>

namespace penstock::os {
namespace {

using test::seam_guard;

bool closes_on_exec(int fd) { return (::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0; }

std::string read_once(int fd) {
    std::array<char, 256> buffer{};
    const io_result got = read_some(fd, buffer.data(), buffer.size());
    EXPECT_EQ(got.status, io_status::ok);
    return {buffer.data(), got.bytes};
}

void write_text(int fd, const std::string& text) {
    const io_result put = write_some(fd, text.data(), text.size());
    ASSERT_EQ(put.status, io_status::ok);
    ASSERT_EQ(put.bytes, text.size());
}

TEST(pipe, both_ends_close_on_exec) {
    const pipe_ends ends = make_pipe();
    EXPECT_TRUE(closes_on_exec(ends.read_end.get()));
    EXPECT_TRUE(closes_on_exec(ends.write_end.get()));
}

TEST(pipe, ends_are_never_standard_streams) {
    EXPECT_EQ(0, test::in_fork([] {
                  for (const int fd : {0, 1, 2}) ::close(fd);
                  const pipe_ends ends = make_pipe();
                  if (ends.read_end.get() < 3 || ends.write_end.get() < 3) return 1;
                  for (const int fd : {0, 1, 2}) {
                      if (::fcntl(fd, F_GETFD) >= 0) return 2;
                  }
                  if (!closes_on_exec(ends.read_end.get()) || !closes_on_exec(ends.write_end.get())) return 3;
                  const io_result put = write_some(ends.write_end.get(), "x", 1);
                  return put.status == io_status::ok && bytes_readable(ends.read_end.get()) == 1 ? 0 : 4;
              }));
}

TEST(pipe, a_failure_names_the_call) {
    const seam_guard guard;
    calls().pipe2 = [](int*, int) { return errno = EMFILE, -1; };
    try {
        make_pipe();
        FAIL() << "no exception";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::too_many_files_open);
        EXPECT_NE(std::string{error.what()}.find("pipe2"), std::string::npos);
    }
}

TEST(pipe, packet_mode_keeps_boundaries) {
    const pipe_ends ends = make_pipe();
    set_packet_mode(ends.write_end.get(), true);
    write_text(ends.write_end.get(), "one");
    write_text(ends.write_end.get(), "three");
    EXPECT_EQ(read_once(ends.read_end.get()), "one");
    EXPECT_EQ(read_once(ends.read_end.get()), "three");
    set_packet_mode(ends.write_end.get(), false);
    write_text(ends.write_end.get(), "one");
    write_text(ends.write_end.get(), "three");
    EXPECT_EQ(read_once(ends.read_end.get()), "onethree");
}

TEST(pipe, modes_keep_each_others_flags) {
    const pipe_ends ends = make_pipe();
    const int fd = ends.write_end.get();
    set_nonblocking(fd, true);
    set_packet_mode(fd, true);
    EXPECT_EQ(::fcntl(fd, F_GETFL) & (O_NONBLOCK | O_DIRECT), O_NONBLOCK | O_DIRECT);
    set_nonblocking(fd, false);
    EXPECT_EQ(::fcntl(fd, F_GETFL) & (O_NONBLOCK | O_DIRECT), O_DIRECT);
    EXPECT_THROW(set_nonblocking(-1, true), std::system_error);
    EXPECT_THROW(set_packet_mode(-1, true), std::system_error);
}

TEST(pipe, a_reopened_end_has_flags_of_its_own) {
    pipe_ends ends = make_pipe();
    const file_descriptor own = reopen_for_reading(ends.read_end.get());
    ASSERT_TRUE(own);
    EXPECT_TRUE(closes_on_exec(own.get()));
    EXPECT_NE(::fcntl(own.get(), F_GETFL) & O_NONBLOCK, 0);
    EXPECT_EQ(::fcntl(ends.read_end.get(), F_GETFL) & O_NONBLOCK, 0);
    char byte = 0;
    EXPECT_EQ(read_some(own.get(), &byte, 1).status, io_status::would_block);
    ends.read_end.reset();  // the pipe lives on through the other description
    set_packet_mode(ends.write_end.get(), true);
    write_text(ends.write_end.get(), "one");
    write_text(ends.write_end.get(), "two");
    EXPECT_EQ(read_once(own.get()), "one");
    EXPECT_EQ(read_once(own.get()), "two");
}

TEST(pipe, reopening_without_proc_gives_an_empty_descriptor) {
    const pipe_ends ends = make_pipe();
    const seam_guard guard;
    calls().open = [](const char*, int) { return errno = ENOENT, -1; };
    EXPECT_FALSE(reopen_for_reading(ends.read_end.get()));
}

TEST(pipe, counts_waiting_bytes) {
    const pipe_ends ends = make_pipe();
    EXPECT_EQ(bytes_readable(ends.read_end.get()), 0U);
    write_text(ends.write_end.get(), "12345");
    EXPECT_EQ(bytes_readable(ends.read_end.get()), 5U);
    EXPECT_THROW(bytes_readable(-1), std::system_error);
}

TEST(pipe, size_is_what_the_kernel_grants) {
    const pipe_ends ends = make_pipe();
    const int fd = ends.write_end.get();
    EXPECT_EQ(set_pipe_size(fd, 16384), 16384U);
    EXPECT_EQ(set_pipe_size(fd, 5000), 8192U);  // rounded up to pages, then to a power of two
    write_text(fd, std::string(6000, 'x'));
    EXPECT_EQ(set_pipe_size(fd, 4096), 8192U);  // EBUSY: two pages are in use, it stays as it was
    EXPECT_EQ(set_pipe_size(-1, 4096), 0U);
}

TEST(pipe, interrupted_calls_are_repeated) {
    const pipe_ends ends = make_pipe();
    static seam_guard* guard;
    static int left;
    seam_guard own;
    guard = &own;
    calls().write = [](int fd, const void* data, std::size_t size) -> ssize_t {
        return left-- > 0 ? (errno = EINTR, -1) : guard->real().write(fd, data, size);
    };
    calls().writev = [](int fd, const iovec* parts, int count) -> ssize_t {
        return left-- > 0 ? (errno = EINTR, -1) : guard->real().writev(fd, parts, count);
    };
    calls().read = [](int fd, void* data, std::size_t size) -> ssize_t {
        return left-- > 0 ? (errno = EINTR, -1) : guard->real().read(fd, data, size);
    };
    left = 3;
    write_text(ends.write_end.get(), "ab");
    EXPECT_EQ(left, -1);
    left = 2;
    std::string part = "cd";
    const iovec parts[2] = {{part.data(), 2}, {part.data(), 1}};
    EXPECT_EQ(writev_some(ends.write_end.get(), parts, 2).bytes, 3U);
    EXPECT_EQ(left, -1);
    left = 4;
    EXPECT_EQ(read_once(ends.read_end.get()), "abcdc");
    EXPECT_EQ(left, -1);
}

TEST(pipe, a_full_pipe_takes_a_part_and_then_would_block) {
    const pipe_ends ends = make_pipe();
    set_nonblocking(ends.write_end.get(), true);
    const std::size_t room = set_pipe_size(ends.write_end.get(), 4096);
    const std::string much(room + 1000, 'x');
    const io_result first = write_some(ends.write_end.get(), much.data(), much.size());
    EXPECT_EQ(first.status, io_status::ok);
    EXPECT_EQ(first.bytes, room);
    const iovec rest{const_cast<char*>(much.data()), 1};
    EXPECT_EQ(write_some(ends.write_end.get(), "x", 1).status, io_status::would_block);
    EXPECT_EQ(writev_some(ends.write_end.get(), &rest, 1).status, io_status::would_block);
}

TEST(pipe, a_gone_writer_is_closed_after_its_last_bytes) {
    pipe_ends ends = make_pipe();
    write_text(ends.write_end.get(), "last");
    ends.write_end.reset();
    EXPECT_EQ(read_once(ends.read_end.get()), "last");
    char byte = 0;
    EXPECT_EQ(read_some(ends.read_end.get(), &byte, 1).status, io_status::closed);
}

TEST(pipe, a_gone_reader_is_closed) {
    EXPECT_EQ(0, test::in_fork([] {
                  ::signal(SIGPIPE, SIG_IGN);
                  pipe_ends ends = make_pipe();
                  ends.read_end.reset();
                  const iovec part{const_cast<char*>("x"), 1};
                  const bool plain = write_some(ends.write_end.get(), "x", 1).status == io_status::closed;
                  const bool gathered =
                      writev_some(ends.write_end.get(), &part, 1).status == io_status::closed;
                  return plain && gathered ? 0 : 1;
              }));
}

TEST(pipe, other_failures_carry_their_number) {
    char byte = 0;
    const io_result got = read_some(-1, &byte, 1);
    EXPECT_EQ(got.status, io_status::failed);
    EXPECT_EQ(got.error, EBADF);
    const io_result put = write_some(-1, &byte, 1);
    EXPECT_EQ(put.status, io_status::failed);
    EXPECT_EQ(put.error, EBADF);
}

}  // namespace
}  // namespace penstock::os

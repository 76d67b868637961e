// SPDX-License-Identifier: MIT
// Memory for two processes, where the kernel has memfd and where it has not.
#include "os/shared_memory.hpp"

#include "support/failing_calls.hpp"

#include <gtest/gtest.h>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

namespace penstock::os {
namespace {

constexpr std::size_t size = 32 * 1024;

file_descriptor copy_of(const shared_memory& memory) { return file_descriptor(::dup(memory.descriptor())); }

void expect_shared(shared_memory& mine) {
    const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
    ASSERT_EQ(mine.bytes().size(), size);
    EXPECT_TRUE(std::all_of(mine.bytes().begin(), mine.bytes().end(), is_zero));
    auto others = shared_memory::map(copy_of(mine), size);
    ASSERT_TRUE(others);
    EXPECT_NE(others->bytes().data(), mine.bytes().data());
    mine.bytes().back() = std::byte{7};
    EXPECT_EQ(others->bytes().back(), std::byte{7});
}

TEST(shared_memory, is_seen_by_whoever_gets_the_descriptor) {
    auto memory = shared_memory::make(size);
    ASSERT_TRUE(memory);
    expect_shared(*memory);
}

TEST(shared_memory, comes_from_an_unnamed_file_where_there_is_no_memfd) {
    test::failing_calls calls;
    calls.fail(test::call_kind::memfd_create, ENOSYS, 1, 1'000);
    auto memory = shared_memory::make(size);
    EXPECT_EQ(calls.injected(), 1);
    calls.disarm();
    if (!memory) GTEST_SKIP() << "the file system of /tmp has no O_TMPFILE";
    expect_shared(*memory);
}

TEST(shared_memory, is_done_without_where_nothing_gives_any) {
    test::failing_calls calls;
    os::calls().memfd_create = [](const char*, unsigned) { return errno = EPERM, -1; };
    os::calls().open = [](const char*, int) { return errno = EACCES, -1; };
    EXPECT_FALSE(shared_memory::make(size));
}

TEST(shared_memory, closes_a_descriptor_that_cannot_be_mapped) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    EXPECT_FALSE(shared_memory::map(file_descriptor(ends[0]), size));
    EXPECT_NE(::fcntl(ends[0], F_GETFD), 0) << "it is open still";
    ::close(ends[1]);
}

TEST(shared_memory, is_done_without_where_files_may_not_be_so_large) {
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit small{size / 2, size / 2};
        ::setrlimit(RLIMIT_FSIZE, &small);
        ::_exit(shared_memory::make(size) ? 1 : 0); // or SIGXFSZ ends it
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

TEST(shared_memory, cannot_be_made_smaller_under_the_other_side) {
    auto memory = shared_memory::make(size);
    ASSERT_TRUE(memory);
    EXPECT_NE(::ftruncate(memory->descriptor(), 0), 0);
    EXPECT_NE(::ftruncate(memory->descriptor(), 2 * size), 0);
}

TEST(shared_memory, is_not_there_in_a_forked_child) {
    auto memory = shared_memory::make(size);
    ASSERT_TRUE(memory);
    const pid_t child = ::fork();
    if (child == 0) {
        unsigned char resident[size / 4096] = {};
        ::_exit(::mincore(memory->bytes().data(), size, resident) == 0 ? 1 : 0);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0) << "the child has the memory";
}

TEST(shared_memory, outlives_its_descriptor_and_moves) {
    auto memory = shared_memory::make(size);
    ASSERT_TRUE(memory);
    EXPECT_GT(memory->descriptor(), 2);
    memory->close_descriptor();
    EXPECT_EQ(memory->descriptor(), -1);
    shared_memory moved = std::move(*memory);
    EXPECT_TRUE(memory->bytes().empty());
    moved.bytes().front() = std::byte{1};
    auto other = shared_memory::make(size);
    ASSERT_TRUE(other);
    moved = std::move(*other);
    EXPECT_EQ(moved.bytes().front(), std::byte{0});
}

}  // namespace
}  // namespace penstock::os

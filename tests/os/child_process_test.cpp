// SPDX-License-Identifier: MIT
#include "os/child_process.hpp"

#include "os/poller.hpp"
#include "test_tools.hpp"

#include <penstock/errors.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace penstock::os {
namespace {

using how = exit_status::how;
using test::end_of;
using test::in_fork;
using test::report_of;
using test::seam_guard;
using test::start_shell;

// Read before the result is written: a redirection may show in the shell's own table.
const std::string link_of_descriptor = "name=$(readlink /proc/$$/fd/";

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all{"/proc/self/fd"};
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(child_process, gives_exit_codes) {
    for (const int code : {0, 7, 255}) {
        test::started_child child = start_shell("exit " + std::to_string(code));
        const exit_status ended = end_of(child.process);
        EXPECT_EQ(ended.kind, how::exited);
        EXPECT_EQ(ended.value, code);
    }
}

TEST(child_process, gives_the_signal_that_ended_it) {
    test::started_child killed = start_shell("kill -9 $$");
    EXPECT_EQ(end_of(killed.process).kind, how::signalled);
    EXPECT_EQ(killed.process.try_reap()->value, SIGKILL);
    test::started_child aborted = start_shell("ulimit -c 0; kill -ABRT $$");
    EXPECT_EQ(end_of(aborted.process).kind, how::signalled);
    EXPECT_EQ(aborted.process.try_reap()->value, SIGABRT);
}

TEST(child_process, a_running_child_has_no_status_and_a_dead_one_keeps_it) {
    test::started_child child = start_shell("read line <&3; exit 4");
    EXPECT_FALSE(child.process.try_reap());
    ASSERT_EQ(write_some(child.task_write_end.get(), "\n", 1).status, io_status::ok);
    EXPECT_EQ(end_of(child.process).value, 4);
    EXPECT_EQ(child.process.try_reap()->value, 4);
    EXPECT_EQ(::waitpid(child.process.pid(), nullptr, WNOHANG), -1);  // reaped: no zombie is left
    EXPECT_EQ(errno, ECHILD);
}

TEST(child_process, pipes_are_3_and_4) {
    test::started_child child = start_shell("read line <&3; echo \"got $line\" >&4");
    ASSERT_EQ(write_some(child.task_write_end.get(), "it\n", 3).status, io_status::ok);
    EXPECT_EQ(test::read_all(child.result_read_end.get()), "got it\n");
    static_cast<void>(end_of(child.process));
}

TEST(child_process, passes_arguments_and_environment) {
    ::setenv("PENSTOCK_TEST_WORD", "two words", 1);
    test::started_child child = test::start(
        "/bin/sh", {"my name", "-c", "echo \"$0|$1|$2|$PENSTOCK_TEST_WORD\" >&4", "zero", "", "a b"});
    EXPECT_EQ(test::read_all(child.result_read_end.get()), "zero||a b|two words\n");
    static_cast<void>(end_of(child.process));
    ::unsetenv("PENSTOCK_TEST_WORD");
}

TEST(child_process, has_exactly_five_descriptors) {
    // Without close-on-exec, as a user's may be: 3, 4, 5, ... and 500.
    std::vector<file_descriptor> inheritable;
    inheritable.reserve(9);
    for (int i = 0; i < 8; ++i) inheritable.emplace_back(::open("/dev/null", O_RDONLY));
    inheritable.emplace_back(::fcntl(inheritable[0].get(), F_DUPFD, 500));
    // In the shell itself: a program that lists a directory has that one open too.
    const std::string script =
        "n=0; while [ $n -lt 600 ]; do [ -h /proc/$$/fd/$n ] && all=\"$all $n\"; n=$((n+1)); done;"
        "echo $all >&4";
    EXPECT_EQ(report_of(script), "0 1 2 3 4\n");
}

TEST(child_process, reads_nothing_from_stdin_and_shares_the_output) {
    EXPECT_EQ(report_of(link_of_descriptor + "0); echo $name >&4"), "/dev/null\n");
    const std::string own = std::filesystem::read_symlink("/proc/self/fd/1").string();
    EXPECT_EQ(report_of(link_of_descriptor + "1); echo $name >&4"), own + "\n");
}

// Descriptors that the parent lacks, or that only it may use, become /dev/null.
TEST(child_process, closed_standard_streams_become_dev_null) {
    const std::string script = link_of_descriptor + "0 /proc/$$/fd/1 /proc/$$/fd/2); echo $name >&4";
    const std::string expected = "/dev/null /dev/null /dev/null\n";
    EXPECT_EQ(0, in_fork([&] {
                  for (const int fd : {0, 1, 2}) ::close(fd);
                  return report_of(script) == expected ? 0 : 1;
              }));
    EXPECT_EQ(0, in_fork([&] {
                  for (const int fd : {1, 2}) {
                      ::close(fd);
                      if (::open("/proc/self/status", O_RDONLY | O_CLOEXEC) != fd) return 2;
                  }
                  return report_of(script) == expected ? 0 : 1;
              }));
}

// The ends may have the very numbers that they, or the other, get in the child.
TEST(child_process, ends_may_have_any_numbers) {
    const std::pair<int, int> numbers[] = {{3, 4},  {4, 3},  {3, 20}, {20, 3},
                                           {4, 20}, {20, 4}, {0, 1},  {5, 6}};
    for (const auto& [task_fd, result_fd] : numbers) {
        const int code = in_fork([task = task_fd, result = result_fd] {
            for (int fd = 0; fd < 30; ++fd) ::close(fd);
            pipe_ends keep_low_numbers_free[2];
            for (pipe_ends& ends : keep_low_numbers_free) {
                ends = make_pipe();
                ends.read_end.reset(::fcntl(ends.read_end.get(), F_DUPFD_CLOEXEC, 50));
                ends.write_end.reset(::fcntl(ends.write_end.get(), F_DUPFD_CLOEXEC, 50));
            }
            auto& [tasks, results] = keep_low_numbers_free;
            ::dup3(tasks.read_end.get(), task, O_CLOEXEC);
            ::dup3(results.write_end.get(), result, O_CLOEXEC);
            results.write_end.reset();
            const std::string script = "read line <&3; echo \"got $line\" >&4";
            child_process child = child_process::start({"/bin/sh", {"sh", "-c", script}, task, result});
            if (::close(result) != 0) return 1;  // the caller's ends are still the caller's
            if (write_some(tasks.write_end.get(), "it\n", 3).status != io_status::ok) return 2;
            if (test::read_all(results.read_end.get()) != "got it\n") return 3;
            return end_of(child).kind == how::exited ? 0 : 4;
        });
        EXPECT_EQ(code, 0) << task_fd << " and " << result_fd;
    }
}

TEST(child_process, a_path_that_cannot_be_started_is_named) {
    const std::size_t before = open_descriptors();
    try {
        static_cast<void>(test::start("/nowhere/at all", {"x"}));
        FAIL() << "no exception";
    } catch (const start_error& error) {
        EXPECT_NE(std::string{error.what()}.find("/nowhere/at all"), std::string::npos);
        EXPECT_EQ(error.path(), "/nowhere/at all");
        EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
    }
    EXPECT_EQ(open_descriptors(), before);
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);  // no child was left behind
    EXPECT_EQ(errno, ECHILD);
}

TEST(child_process, a_refused_spawn_gives_its_errno) {
    const seam_guard guard;
    calls().posix_spawn = [](pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*,
                             char* const*, char* const*) { return EAGAIN; };
    try {
        static_cast<void>(start_shell("exit 0"));
        FAIL() << "no exception";
    } catch (const start_error& error) {
        EXPECT_EQ(error.code().value(), EAGAIN);
    }
}

TEST(child_process, works_without_pidfds) {
    const seam_guard guard;
    calls().pidfd_open = [](pid_t, unsigned) { return errno = ENOSYS, -1; };
    test::started_child child = start_shell("read line <&3");
    EXPECT_EQ(child.process.pidfd(), -1);
    EXPECT_FALSE(child.process.try_reap());
    EXPECT_TRUE(child.process.send_signal(SIGTERM));
    EXPECT_EQ(end_of(child.process).value, SIGTERM);
    EXPECT_FALSE(child.process.send_signal(SIGTERM));
}

TEST(child_process, starts_when_no_number_is_left_for_a_pidfd) {
    EXPECT_EQ(0, in_fork([] {
                  const pipe_ends task = make_pipe();
                  const pipe_ends result = make_pipe();
                  const file_descriptor task_read{::fcntl(task.read_end.get(), F_DUPFD_CLOEXEC, 10)};
                  const file_descriptor result_write{::fcntl(result.write_end.get(), F_DUPFD_CLOEXEC, 10)};
                  const rlimit few{20, 20};
                  if (::setrlimit(RLIMIT_NOFILE, &few) != 0) return 1;
                  while (::dup(task_read.get()) >= 0) {
                  }
                  const start_request request{
                      "/bin/sh", {"sh", "-c", "exit 3"}, task_read.get(), result_write.get()};
                  child_process child = child_process::start(request);
                  if (child.pidfd() != -1) return 2;
                  return end_of(child).value == 3 ? 0 : 3;
              }));
}

TEST(child_process, nothing_is_sent_to_a_reaped_child) {
    test::started_child child = start_shell("read line <&3");
    EXPECT_FALSE(child.process.send_signal(12345));  // no such signal
    EXPECT_TRUE(child.process.send_signal(0));
    EXPECT_TRUE(child.process.send_signal(SIGKILL));
    EXPECT_EQ(end_of(child.process).value, SIGKILL);
    EXPECT_FALSE(child.process.send_signal(SIGKILL));
    EXPECT_FALSE(child.process.send_signal(0));
}

TEST(child_process, a_stolen_status_is_unknown) {
    test::started_child child = start_shell("exit 9");
    ASSERT_EQ(::waitpid(child.process.pid(), nullptr, 0), child.process.pid());
    const std::optional<exit_status> ended = child.process.try_reap();
    ASSERT_TRUE(ended);
    EXPECT_EQ(ended->kind, how::unknown);
    EXPECT_FALSE(child.process.send_signal(SIGTERM));
}

TEST(child_process, an_ignored_sigchld_makes_the_status_unknown) {
    EXPECT_EQ(0, in_fork([] {
                  ::signal(SIGCHLD, SIG_IGN);
                  test::started_child child = start_shell("read line <&3; exit 5");
                  if (child.process.try_reap()) return 1;
                  child.task_write_end.reset();
                  // Nothing to wait for but the child's own end of the pipe, and then its end.
                  static_cast<void>(test::read_all(child.result_read_end.get()));
                  ::waitpid(child.process.pid(), nullptr, 0);  // blocks until it is gone, then ECHILD
                  const auto ended = child.process.try_reap();
                  return ended && ended->kind == how::unknown ? 0 : 2;
              }));
}

TEST(child_process, is_left_alone_by_its_destructor) {
    auto child = std::make_unique<test::started_child>(start_shell("read line <&3; echo alive >&4; exit 6"));
    const pid_t pid = child->process.pid();
    const file_descriptor task = std::move(child->task_write_end);
    const file_descriptor result = std::move(child->result_read_end);
    child.reset();
    ASSERT_EQ(write_some(task.get(), "\n", 1).status, io_status::ok);
    EXPECT_EQ(test::read_all(result.get()), "alive\n");
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    EXPECT_EQ(WEXITSTATUS(status), 6);
}

TEST(child_process, a_moved_one_keeps_the_child) {
    test::started_child first = start_shell("exit 1");
    test::started_child second = start_shell("exit 2");
    ASSERT_EQ(end_of(first.process).value, 1);
    const pid_t pid = second.process.pid();
    first.process = std::move(second.process);
    EXPECT_EQ(first.process.pid(), pid);
    EXPECT_EQ(end_of(first.process).value, 2);
}

TEST(child_process, leaves_no_descriptor_behind) {
    const std::size_t before = open_descriptors();
    for (int round = 0; round < 20; ++round) {
        test::started_child child = start_shell("exit 0");
        static_cast<void>(end_of(child.process));
    }
    EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace penstock::os

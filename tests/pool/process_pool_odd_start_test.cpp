// SPDX-License-Identifier: MIT
// Programs that are started in an uncommon way: from memory, under a tool that traces them, or with rights that the user
// does not have. (Deleted, replaced, relative, through the dynamic loader: process_pool_moved_test.cpp. Inside gtest:
// every test here.)
#include "support/child_program.hpp"
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"
#include "temporary_directory.hpp"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace penstock::test {
namespace {

const std::string original = std::string(PENSTOCK_CHILDREN_DIR) + "/child_moved";

class process_pool_odd_start : public pool_test {
protected:
    temporary_directory directory_;
};

/// A file that has no name anywhere.
class file_in_memory {
public:
    explicit file_in_memory(const std::string& copied) : fd_(::memfd_create("penstock_test", 0)) {
        std::ifstream from(copied, std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(from), {}};
        for (std::size_t at = 0; fd_ >= 0 && at != bytes.size();) {
            const ssize_t count = ::write(fd_, bytes.data() + at, bytes.size() - at);
            if (count <= 0) throw std::system_error(errno, std::generic_category(), "write to a memfd");
            at += static_cast<std::size_t>(count);
        }
    }
    ~file_in_memory() { ::close(fd_); }
    file_in_memory(const file_in_memory&) = delete;
    file_in_memory& operator=(const file_in_memory&) = delete;

    bool exists() const { return fd_ >= 0; }
    /// What fexecve executes.
    std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

private:
    int fd_;
};

TEST_F(process_pool_odd_start, from_memory) {
    const file_in_memory program(original);
    if (!program.exists()) GTEST_SKIP() << "no memfd here";
    child_program started(program.path(), {"nothing"});
    EXPECT_EQ(started.exit_status(), 0);
    EXPECT_EQ(started.output(), "");
}

/// Whether the tool can run a program that has nothing to do with us.
bool works(const std::string& tool, std::vector<std::string> arguments) {
    if (!std::filesystem::exists(tool)) return false;
    arguments.emplace_back("/bin/true");
    return child_program(tool, arguments).exit_status() == 0;
}

// Under memcheck, which has an error of its own to tell for each use of memory that was not set.
TEST_F(process_pool_odd_start, under_valgrind) {
    const std::string valgrind = "/usr/bin/valgrind";
    if (with_sanitizer) GTEST_SKIP() << "valgrind cannot run a program built with a sanitizer";
    if (!works(valgrind, {"-q"})) GTEST_SKIP() << valgrind << " is not installed, or does not work here";
    child_program started(valgrind, {"-q", "--error-exitcode=9", original, "nothing"});
    EXPECT_EQ(started.exit_status(), 0) << started.output();
}

TEST_F(process_pool_odd_start, under_valgrind_together_with_its_workers) {
    const std::string valgrind = "/usr/bin/valgrind";
    if (with_sanitizer) GTEST_SKIP() << "valgrind cannot run a program built with a sanitizer";
    if (!works(valgrind, {"-q"})) GTEST_SKIP() << valgrind << " is not installed, or does not work here";
    child_program started(valgrind, {"-q", "--tool=none", "--trace-children=yes", original, "nothing"});
    EXPECT_EQ(started.exit_status(), 0) << started.output();
}

TEST_F(process_pool_odd_start, under_gdb) {
    const std::string gdb = "/usr/bin/gdb";
    const std::vector<std::string> run{"-nx", "-batch", "-return-child-result", "-ex", "run", "--args"};
    if (with_address_sanitizer) GTEST_SKIP() << "AddressSanitizer cannot look for leaks in a program that is traced";
    if (!works(gdb, run)) GTEST_SKIP() << gdb << " is not installed, or may not trace here";
    std::vector<std::string> arguments = run;
    arguments.insert(arguments.end(), {original, "nothing"});
    child_program started(gdb, arguments);
    EXPECT_EQ(started.exit_status(), 0) << started.output();
    EXPECT_NE(started.output().find("exited normally"), std::string::npos) << started.output();
}

/// Whatever a program started is to be gone with its test, also where it should not have started anything.
class end_of_group {
public:
    explicit end_of_group(pid_t leader) : leader_(leader) {}
    ~end_of_group() { ::kill(-leader_, SIGKILL); }
    end_of_group(const end_of_group&) = delete;
    end_of_group& operator=(const end_of_group&) = delete;

private:
    pid_t leader_;
};

/// Why no program can get the rights of its owner here; empty where it can.
std::string why_no_set_uid(const std::string& directory) {
    struct statvfs file_system{};
    if (::geteuid() != 0) return "only root can make a set-uid program of another user";
    if (!std::filesystem::exists("/usr/bin/setpriv") || !std::filesystem::exists("/usr/bin/prlimit"))
        return "setpriv or prlimit is not installed";
    if (::statvfs(directory.c_str(), &file_system) != 0 || (file_system.f_flag & ST_NOSUID) != 0)
        return directory + " is mounted without set-uid";
    if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 0) return "this process, and what it starts, may not gain rights";
    return {};
}

// A user gives a set-uid program the argument of a worker, and pipes to go with it: he must not get it to run what he
// writes there. Nor can it have workers, as it takes their argument for its own. That must not end in a fork bomb, should
// this test ever fail: hence an owner who is not root, and a limit on processes.
TEST_F(process_pool_odd_start, a_set_uid_program_is_no_worker_and_has_none) {
    constexpr uid_t owner = 1;
    const std::string program = directory_.path() + "/set_uid";
    if (const std::string why = why_no_set_uid(directory_.path()); !why.empty()) GTEST_SKIP() << why;
    std::filesystem::copy_file(std::string(PENSTOCK_CHILDREN_DIR) + "/child_static_pools", program);
    ASSERT_EQ(::chmod(directory_.path().c_str(), 0755), 0);
    ASSERT_EQ(::chown(program.c_str(), owner, owner), 0);
    ASSERT_EQ(::chmod(program.c_str(), 04755), 0);
    const std::string as_nobody = "exec prlimit --nproc=20 setpriv --reuid=65534 --regid=65534 --clear-groups ";
    child_program started(
        "/bin/sh", {"-c", "echo noise | { exec 3<&0 4>&1; " + as_nobody + program + " --penstock-worker=$$; }"});
    const end_of_group cleared(started.pid());
    EXPECT_EQ(started.exit_status(), 128 + SIGABRT) << started.output();
    EXPECT_NE(started.output().find("a set-uid program"), std::string::npos) << started.output();
    EXPECT_NE(started.output().find("cannot have a process pool"), std::string::npos) << started.output();
}

} // namespace
} // namespace penstock::test

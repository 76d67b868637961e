// SPDX-License-Identifier: MIT
#include "os/executable.hpp"

#include "os/address.hpp"
#include "support/sanitizers.hpp"
#include "test_tools.hpp"

#include <gtest/gtest.h>
#include <link.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace penstock::os {
namespace {

using strings = std::vector<std::string>;

const char* const report_wanted = "PENSTOCK_TEST_DESCRIBE";
const char* const this_test = "--gtest_filter=executable.describes_itself";

std::string own_file() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

std::string description() {
    const self_command self = own_executable();
    std::string text = "path " + self.path + "\n";
    for (const std::string& argument : self.loader_arguments) text += "argument " + argument + "\n";
    return text + "name " + describe_path() + "\n";
}

// Also run in the processes that the tests below start: there it tells its parent what it sees.
TEST(executable, describes_itself) {
    if (std::getenv(report_wanted) != nullptr) {
        const std::string text = description();
        ASSERT_EQ(write_some(4, text.data(), text.size()).bytes, text.size());
        return;
    }
    EXPECT_EQ(description(), "path /proc/self/exe\nname " + own_file() + "\n");
}

std::string description_by(const std::string& path, strings arguments) {
    arguments.emplace_back(this_test);
    arguments.emplace_back("--gtest_brief=1");
    ::setenv(report_wanted, "1", 1);
    test::started_child child = test::start(path, arguments);
    ::unsetenv(report_wanted);
    std::string text = test::read_all(child.result_read_end.get());
    EXPECT_EQ(test::end_of(child.process).value, 0);
    return text;
}

TEST(executable, starts_itself) {
    const self_command self = own_executable();
    EXPECT_EQ(description_by(self.path, {"any name"}), "path /proc/self/exe\nname " + own_file() + "\n");
}

// The interpreter that the kernel would start for this program.
std::string dynamic_loader() {
    std::string name;
    ::dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t, void* result) {
            for (int i = 0; i < info->dlpi_phnum; ++i) {
                const ElfW(Phdr)& header = info->dlpi_phdr[i];
                if (header.p_type == PT_INTERP)
                    *static_cast<std::string*>(result) =
                        static_cast<const char*>(pointer_to(info->dlpi_addr + header.p_vaddr));
            }
            return 1;
        },
        &name);
    return name;
}

TEST(executable, started_through_the_loader_starts_itself_through_it_again) {
    const std::string loader = dynamic_loader();
    if (loader.empty()) GTEST_SKIP() << "a static program has no loader";
    const std::string relative = "./" + std::filesystem::relative(own_file()).string();
    const strings by_hand{"ld.so", "--library-path", "/nowhere:lib", "--argv0", "another name", relative};
    const std::string here = std::filesystem::current_path().string();
    const strings expected{"ld.so",   "--library-path", "/nowhere:" + here + "/lib",
                           "--argv0", "another name",   own_file()};
    std::string text = "path /proc/self/exe\n";
    for (const std::string& argument : expected) text += "argument " + argument + "\n";
    text += "name " + own_file() + "\n";
    EXPECT_EQ(description_by(loader, by_hand), text);
    // What it says is what starts it: the same program, again through the loader.
    EXPECT_EQ(description_by(loader, expected), text);
}

TEST(executable, under_valgrind_it_is_the_program_and_not_the_tool) {
    if (penstock::test::with_sanitizer) GTEST_SKIP() << "valgrind cannot run a program built with a sanitizer";
    const std::string valgrind = "/usr/bin/valgrind";
    if (!std::filesystem::exists(valgrind)) GTEST_SKIP() << valgrind << " is not installed";
    test::started_child trial =
        test::start(valgrind, {"valgrind", "--tool=none", "-q", own_file(), "--help"});
    if (test::end_of(trial.process).value != 0) GTEST_SKIP() << valgrind << " cannot run this program at all";
    const strings arguments{"valgrind", "--tool=none", "-q", own_file()};
    EXPECT_EQ(description_by(valgrind, arguments), "path " + own_file() + "\nname " + own_file() + "\n");
}

TEST(executable, the_loader_prefix_ends_with_the_program) {
    const strings plain = loader_prefix({"/lib/ld.so", "bin/app", "--option", "x"}, "/opt/bin/app", "/opt");
    EXPECT_EQ(plain, (strings{"/lib/ld.so", "/opt/bin/app"}));
    const strings options = loader_prefix(
        {"ld.so", "--argv0", "app", "--inhibit-cache", "--preload", "libm.so.6:./own.so", "app", "app"},
        "/app", "/d");
    EXPECT_EQ(options, (strings{"ld.so", "--argv0", "app", "--inhibit-cache", "--preload",
                                "libm.so.6:/d/./own.so", "/app"}));
    const strings paths = loader_prefix({"ld.so", "--library-path", "/a:b::$ORIGIN/c", "app"}, "/app", "/d");
    EXPECT_EQ(paths[2], "/a:/d/b:/d:$ORIGIN/c");
}

TEST(executable, an_overwritten_command_line_leaves_the_essential) {
    EXPECT_EQ(loader_prefix({}, "/app", "/d"), (strings{"ld.so", "/app"}));
    EXPECT_EQ(loader_prefix({"title"}, "/app", "/d"), (strings{"ld.so", "/app"}));
    EXPECT_EQ(loader_prefix({"ld.so", "--library-path"}, "/app", "/d"), (strings{"ld.so", "/app"}));
}

}  // namespace
}  // namespace penstock::os

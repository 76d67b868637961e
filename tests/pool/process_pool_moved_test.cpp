// SPDX-License-Identifier: MIT
// Programs whose file or directory is not any more what it was when they were started, or that were started in an
// uncommon way: their pools work, and replace workers.
#include "support/child_program.hpp"
#include "support/pool_test.hpp"
#include "temporary_directory.hpp"

#include <elf.h>
#include <link.h>

#include <filesystem>

namespace penstock::test {
namespace {

const std::string original = std::string(PENSTOCK_CHILDREN_DIR) + "/child_moved";

/// The loader that the kernel starts for a dynamic program; empty in a static one.
std::string dynamic_loader() {
    std::string path;
    ::dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t, void* result) {
            for (int i = 0; i != info->dlpi_phnum; ++i)
                if (info->dlpi_phdr[i].p_type == PT_INTERP)
                    *static_cast<std::string*>(result) =
                        reinterpret_cast<const char*>(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
            return 1; // the first is the program
        },
        &path);
    return path;
}

class process_pool_moved : public pool_test {
protected:
    process_pool_moved() { std::filesystem::copy_file(original, copy_); }

    static void expect_works(child_program&& program) {
        EXPECT_EQ(program.exit_status(), 0);
        EXPECT_EQ(program.output(), "");
    }

    temporary_directory directory_;
    std::string copy_ = directory_.path() + "/copy";
};

TEST_F(process_pool_moved, a_deleted_executable) { expect_works(child_program(copy_, {"deleted", copy_})); }
TEST_F(process_pool_moved, a_replaced_executable) { expect_works(child_program(copy_, {"replaced", copy_})); }

TEST_F(process_pool_moved, a_relative_path_and_another_directory) {
    expect_works(child_program("/bin/sh", {"-c", "cd '" + directory_.path() + "' && exec ./copy chdir"}));
}

TEST_F(process_pool_moved, a_start_through_the_dynamic_loader) {
    const std::string loader = dynamic_loader();
    if (loader.empty()) GTEST_SKIP() << "a static program has no loader";
    expect_works(child_program(loader, {copy_, "nothing"}));
    expect_works(child_program("/bin/sh", {"-c", "cd '" + directory_.path() + "' && exec " + loader + " ./copy chdir"}));
}

} // namespace
} // namespace penstock::test

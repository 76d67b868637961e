// SPDX-License-Identifier: MIT
#include "os/memory_map.hpp"

#include "os/file_descriptor.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace penstock::os {
namespace {

const int something_in_this_program = 1;

TEST(memory_map, names_the_program) {
    EXPECT_EQ(file_mapped_at(&something_in_this_program),
              std::filesystem::read_symlink("/proc/self/exe").string());
}

TEST(memory_map, anonymous_memory_has_no_name) {
    const int local = 0;
    EXPECT_EQ(file_mapped_at(&local), "");
    EXPECT_EQ(file_mapped_at(nullptr), "");
}

TEST(memory_map, names_may_hold_blanks_and_newlines) {
    std::string directory = (std::filesystem::temp_directory_path() / "penstock a b\nc-XXXXXX").string();
    ASSERT_NE(::mkdtemp(directory.data()), nullptr);
    const std::string name = directory + "/file";
    const file_descriptor file{::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    ASSERT_EQ(::ftruncate(file.get(), 4096), 0);
    void* const mapped = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, file.get(), 0);
    ASSERT_NE(mapped, MAP_FAILED);
    EXPECT_EQ(file_mapped_at(static_cast<char*>(mapped) + 4095), name);
    std::filesystem::remove_all(directory);
    EXPECT_EQ(file_mapped_at(mapped), name + " (deleted)");
    ::munmap(mapped, 4096);
}

TEST(memory_map, undoes_octal_escapes) {
    EXPECT_EQ(without_escapes("a\\040b\\011c\\134d"), "a b\tc\\d");
    EXPECT_EQ(without_escapes("\\040"), " ");
    EXPECT_EQ(without_escapes("end\\04"), "end\\04");
    EXPECT_EQ(without_escapes("no\\9escape\\"), "no\\9escape\\");
}

}  // namespace
}  // namespace penstock::os

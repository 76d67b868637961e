// SPDX-License-Identifier: MIT
#include "cpu_workload.hpp"
#include "digest_file.hpp"
#include "hash_workload.hpp"

#include <gtest/gtest.h>

#include <set>

namespace compare {
namespace {

std::vector<std::size_t> files_a_task(const std::vector<file_entry>& files, std::size_t batch_files) {
    const hash_workload work(files, batch_files);
    std::vector<std::size_t> counts;
    for (const hash_batch& batch : work.tasks()) counts.push_back(batch.paths.size());
    return counts;
}

TEST(hash_workload, a_task_ends_after_so_many_files_or_four_mebibytes) {
    constexpr std::uint64_t mebibyte = 1024 * 1024;
    EXPECT_EQ(files_a_task({}, 64), std::vector<std::size_t>{});
    EXPECT_EQ(files_a_task(std::vector<file_entry>(130, {"x", 1}), 64),
              (std::vector<std::size_t>{64, 64, 2}));
    EXPECT_EQ(files_a_task(std::vector<file_entry>(5, {"x", 2 * mebibyte}), 64),
              (std::vector<std::size_t>{2, 2, 1}));
    EXPECT_EQ(files_a_task({{"x", 1}, {"large", 100 * mebibyte}, {"y", 1}}, 64),
              (std::vector<std::size_t>{2, 1}));
    EXPECT_EQ(files_a_task(std::vector<file_entry>(3, {"x", 0}), 1), (std::vector<std::size_t>{1, 1, 1}));
}

TEST(hash_workload, a_task_numbers_its_results_by_the_list) {
    const hash_workload work(std::vector<file_entry>(3, {"/does/not/exist", 0}), 2);
    const auto results = hash_workload::run(work.tasks().at(1));
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(results.front().index, 2U);
    EXPECT_EQ(results.front().error, "No such file or directory");
    EXPECT_EQ(hash_workload::done(results).errors, 1U);
}

TEST(hash_workload, a_name_too_long_is_an_error_and_no_crash) {
    const auto results = hash_workload::run({0, {"/" + std::string(5000, 'x')}});
    EXPECT_EQ(results.at(0).error, "File name too long");
}

TEST(hash_workload, what_has_become_a_device_or_a_directory_is_an_error) {
    const auto results = hash_workload::run({0, {"/dev/zero", "/"}});
    EXPECT_EQ(results.at(0).error, "not a regular file any more");
    EXPECT_EQ(results.at(1).error, "a directory that could not be listed");
}

TEST(digest_line, is_what_sha256sum_prints) {
    file_result result;
    result.digest.fill(0xa5);
    std::string digits;
    for (int i = 0; i < 32; ++i) digits += "a5";
    EXPECT_EQ(digest_line(result, "plain name"), digits + "  plain name");
    EXPECT_EQ(digest_line(result, "new\nline"), "\\" + digits + "  new\\nline");
    EXPECT_EQ(digest_line(result, "back\\slash"), "\\" + digits + "  back\\\\slash");
    EXPECT_EQ(digest_line(result, "re\rturn"), "\\" + digits + "  re\\rturn");
    EXPECT_EQ(digest_line(result, "tab\t-dash"), digits + "  tab\t-dash");
}

TEST(cpu_workload, every_loop_and_every_length_has_its_own_checksum) {
    std::set<std::uint64_t> checksums;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        for (const std::uint64_t steps : {1U, 2U, 1000U, (1U << 20U) + 1}) {
            checksums.insert(cpu_workload::run({seed, steps}).checksum);
        }
    }
    EXPECT_EQ(checksums.size(), 40U);
}

TEST(cpu_workload, a_loop_gives_the_same_checksum_again) {
    EXPECT_EQ(cpu_workload::run({3, 5000}).checksum, cpu_workload::run({3, 5000}).checksum);
}

TEST(cpu_workload, calibration_gives_every_loop_at_least_one_step) {
    EXPECT_EQ(calibrated_steps(1'000'000'000, 1e-9), 1U);
}

}  // namespace
}  // namespace compare

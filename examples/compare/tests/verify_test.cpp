// SPDX-License-Identifier: MIT
#include "verify.hpp"
#include "hash_workload.hpp"

#include <gtest/gtest.h>

namespace compare {
namespace {

std::vector<file_entry> three_files() { return {{"/a", 1}, {"/b", 2}, {"/new\nline", 3}}; }

std::vector<file_result> three_results() {
    std::vector<file_result> results(3);
    for (std::size_t i = 0; i < results.size(); ++i) {
        results[i].index = i;
        results[i].size = i + 1;
        results[i].digest.fill(static_cast<std::uint8_t>(i));
    }
    results[2].error = "Permission denied";
    return results;
}

std::string only_difference(const std::vector<file_result>& actual) {
    const auto found = file_differences(three_results(), actual, three_files());
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? "" : found.front();
}

bool contains_text(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(verify, equal_results_have_no_difference) {
    EXPECT_TRUE(file_differences(three_results(), three_results(), three_files()).empty());
}

TEST(verify, one_wrong_bit_of_a_digest_is_found_and_the_file_named) {
    for (std::size_t byte = 0; byte < 32; ++byte) {
        auto actual = three_results();
        actual[1].digest[byte] ^= 0x80U;
        EXPECT_TRUE(contains_text(only_difference(actual), "/b: "));
    }
}

TEST(verify, a_wrong_size_is_found) {
    auto actual = three_results();
    actual[0].size = 7;
    EXPECT_TRUE(contains_text(only_difference(actual), "/a: "));
}

TEST(verify, an_error_that_was_none_is_found) {
    auto actual = three_results();
    actual[0].error = "No such file or directory";
    EXPECT_TRUE(contains_text(only_difference(actual), "\"No such file or directory\" instead of "));
}

TEST(verify, another_error_is_found_and_the_name_stays_on_its_line) {
    auto actual = three_results();
    actual[2].error.clear();
    EXPECT_TRUE(contains_text(only_difference(actual), "/new\\nline: "));
}

TEST(verify, the_digest_of_a_file_with_an_error_means_nothing) {
    auto actual = three_results();
    actual[2].digest.fill(99);
    EXPECT_TRUE(file_differences(three_results(), actual, three_files()).empty());
}

TEST(verify, swapped_results_are_found) {
    auto actual = three_results();
    std::swap(actual[0], actual[1]);
    EXPECT_EQ(file_differences(three_results(), actual, three_files()).size(), 2U);
}

TEST(verify, missing_and_surplus_results_are_found) {
    auto actual = three_results();
    actual.pop_back();
    EXPECT_EQ(only_difference(actual), "/new\\nline: no result");
    actual = three_results();
    actual.push_back(actual.front());
    EXPECT_EQ(only_difference(actual), "file 3: a result too many");
}

TEST(verify, a_wrong_checksum_of_a_loop_is_found) {
    const std::vector<loop_result> expected{{1, 10}, {2, 20}};
    EXPECT_TRUE(loop_differences(expected, expected).empty());
    EXPECT_EQ(loop_differences(expected, {{1, 10}, {2, 21}}),
              std::vector<std::string>{"loop 2: checksum 21 instead of 20"});
    EXPECT_EQ(loop_differences(expected, {{2, 20}, {1, 10}}).size(), 2U);
    EXPECT_EQ(loop_differences(expected, {}).size(), 2U);
}

TEST(verify, the_workloads_use_it) {
    const hash_workload work(three_files(), 2);
    ASSERT_EQ(work.tasks().size(), 2U);
    const auto all = three_results();
    const std::vector<hash_workload::result> expected{{all[0], all[1]}, {all[2]}};
    auto actual = expected;
    EXPECT_TRUE(work.differences(expected, actual).empty());
    actual[1][0].error = "something else";
    EXPECT_EQ(work.differences(expected, actual).size(), 1U);
}

}  // namespace
}  // namespace compare

// SPDX-License-Identifier: MIT
#include "server/recipe.hpp"

#include "server/made_bytes.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <set>
#include <stdexcept>
#include <vector>

namespace s3_server::test {
namespace {

std::uint64_t sum_of(const std::vector<made_object>& objects) {
    std::uint64_t sum = 0;
    for (const auto& one : objects) sum += one.size;
    return sum;
}

TEST(recipe, makes_the_asked_number_of_objects_and_bytes_each_time_the_same) {
    const auto objects = made_objects({});
    EXPECT_EQ(objects.size(), 3000U);
    EXPECT_EQ(sum_of(objects), 324'000'000U);
    EXPECT_EQ(objects, made_objects({}));
    bucket_recipe other;
    other.seed = 2;
    EXPECT_NE(objects, made_objects(other));
}

TEST(recipe, sizes_are_skewed_and_some_are_empty) {
    std::vector<std::uint64_t> sizes;
    for (const auto& one : made_objects({})) sizes.push_back(one.size);
    std::sort(sizes.begin(), sizes.end());
    EXPECT_EQ(sizes.front(), 0U);
    EXPECT_LT(sizes[sizes.size() / 2], 324'000'000U / 3000 / 2);
    EXPECT_GT(sizes.back(), 10 * 324'000'000U / 3000);
}

TEST(recipe, has_twenty_odd_keys_that_differ) {
    const auto& odd = odd_keys();
    EXPECT_EQ(std::set<std::string>(odd.begin(), odd.end()).size(), 20U);
    EXPECT_EQ(odd.back().size(), 1000U);
    std::set<std::string> keys;
    for (const auto& one : made_objects({})) keys.insert(one.key);
    EXPECT_EQ(keys.size(), 3000U);
    for (const auto& key : odd) EXPECT_TRUE(keys.contains(key)) << key;
}

TEST(recipe, takes_small_and_empty_buckets_and_objects_besides) {
    bucket_recipe recipe;
    recipe.objects = 0;
    EXPECT_TRUE(made_objects(recipe).empty());
    recipe.objects = 2;
    recipe.bytes = 10;
    recipe.extra.push_back({"large/5GiB.bin", std::uint64_t{5} << 30U});
    EXPECT_EQ(made_objects(recipe).size(), 3U);
    EXPECT_EQ(sum_of(made_objects(recipe)), 10 + (std::uint64_t{5} << 30U));
    recipe.extra.push_back(recipe.extra.front());
    EXPECT_THROW((void)made_objects(recipe), std::invalid_argument);
}

TEST(made_bytes, are_a_function_of_key_and_offset) {
    std::vector<std::byte> whole(3 * made_block_size);
    fill_made_bytes("a", 0, whole);
    std::vector<std::byte> part(1000);
    for (const std::uint64_t offset :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{made_block_size - 500}}) {
        fill_made_bytes("a", offset, part);
        EXPECT_TRUE(
            std::equal(part.begin(), part.end(), whole.begin() + static_cast<std::ptrdiff_t>(offset)));
        EXPECT_EQ(made_byte("a", offset), part.front());
    }
    std::vector<std::byte> other(1000);
    fill_made_bytes("b", 0, other);
    EXPECT_FALSE(std::equal(other.begin(), other.end(), whole.begin()));
}

TEST(made_bytes, the_checker_and_the_checksum_see_a_changed_byte) {
    std::vector<std::byte> bytes(2'000'000);
    fill_made_bytes("key", 0, bytes);
    made_checker good("key");
    byte_checksum sum;
    for (const auto piece : {std::span(bytes).first(77), std::span(bytes).subspan(77)}) {
        good.add(piece);
        sum.add(piece);
    }
    EXPECT_TRUE(good.good());
    EXPECT_EQ(good.reached(), bytes.size());
    EXPECT_EQ(sum.value(), made_checksum("key", bytes.size()));
    bytes[1'500'000] ^= std::byte{1};
    made_checker bad("key");
    bad.add(bytes);
    EXPECT_FALSE(bad.good());
}

}  // namespace
}  // namespace s3_server::test

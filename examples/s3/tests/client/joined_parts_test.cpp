// SPDX-License-Identifier: MIT
#include "client/joined_parts.hpp"

#include <gtest/gtest.h>

namespace s3::test {
namespace {

// The MD5s of "apple" and "pear"; the whole was computed with md5sum.
const uploaded_part apple{1, "\"1f3870be274f6c49b3e31a0c6728957f\"", 5};
const uploaded_part pear{2, "\"8893dc16b1b2534bab7b03727145a2bb\"", 4};
const std::string both = "\"20323d774c4f640af691b9bf27f9c466-2\"";

object_info object(std::uint64_t size, const std::string& etag) { return {size, etag, "", ""}; }

TEST(joined_parts, have_the_digest_of_their_digests) {
    EXPECT_EQ(joined_etag({apple, pear}), both);
    EXPECT_EQ(joined_etag({apple, {2, "\"encrypted\"", 4}}), std::nullopt);
    EXPECT_EQ(joined_etag({apple, {2, "\"zz93dc16b1b2534bab7b03727145a2bb\"", 4}}), std::nullopt);
}

TEST(joined_parts, are_told_by_size_and_etag) {
    EXPECT_TRUE(is_made_of(object(9, both), {apple, pear}));
    EXPECT_FALSE(is_made_of(object(8, both), {apple, pear}));
    EXPECT_FALSE(is_made_of(object(9, both), {pear, apple}));
    EXPECT_FALSE(is_made_of(object(9, "\"8893dc16b1b2534bab7b03727145a2bb\""), {apple, pear}));
}

TEST(joined_parts, are_told_by_the_one_that_is_known) {
    const std::vector<uploaded_part> opaque{{1, "\"a\"", 5}, {2, "\"b\"", 4}};
    EXPECT_TRUE(is_made_of(object(9, "\"x\""), opaque));
    EXPECT_FALSE(is_made_of(object(8, "\"x\""), opaque));
    const std::vector<uploaded_part> unsized{{1, apple.etag}, {2, pear.etag}};
    EXPECT_TRUE(is_made_of(object(9, both), unsized));
    EXPECT_FALSE(is_made_of(object(9, "\"x\""), unsized));
    const std::vector<uploaded_part> unknown{{1, "\"a\""}};
    EXPECT_FALSE(is_made_of(object(9, "\"x\""), unknown));
}

TEST(joined_parts, with_a_key_of_its_own_only_the_size_tells) {
    std::vector<uploaded_part> parts{{1, std::string(32, 'a'), 4}, {2, std::string(32, 'b'), 3}};
    object_info whole;
    whole.size = 7;
    whole.etag = "\"0123456789abcdef0123456789abcdef-2\"";
    EXPECT_FALSE(is_made_of(whole, parts));
    whole.own_key = true;
    EXPECT_TRUE(is_made_of(whole, parts));
    parts.back().size = 4;
    EXPECT_FALSE(is_made_of(whole, parts));
    parts.back().size.reset();
    EXPECT_FALSE(is_made_of(whole, parts));
}

}  // namespace
}  // namespace s3::test

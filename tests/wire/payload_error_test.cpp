// SPDX-License-Identifier: MIT
#include <penstock/errors.hpp>

#include <gtest/gtest.h>

namespace penstock {
namespace {

std::string what_at(payload_side side) { return payload_error(side, "std::map<int, int>", "no room").what(); }

TEST(PayloadError, NamesSideTypeAndReason) {
    const std::string rest = " (type 'std::map<int, int>'): no room";
    EXPECT_EQ(what_at(payload_side::argument_encode), "argument could not be encoded" + rest);
    EXPECT_EQ(what_at(payload_side::argument_decode), "argument could not be decoded" + rest);
    EXPECT_EQ(what_at(payload_side::result_encode), "result could not be encoded" + rest);
    EXPECT_EQ(what_at(payload_side::result_decode), "result could not be decoded" + rest);
}

TEST(PayloadError, KeepsSideAndType) {
    const payload_error e(payload_side::argument_decode, "widget", "no room");
    EXPECT_EQ(e.side(), payload_side::argument_decode);
    EXPECT_EQ(e.type_name(), "widget");
}

} // namespace
} // namespace penstock

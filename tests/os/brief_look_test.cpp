// SPDX-License-Identifier: MIT
#include "os/brief_look.hpp"

#include <gtest/gtest.h>

namespace penstock::os {
namespace {

using namespace std::chrono_literals;

class brief_look_test : public testing::Test {
protected:
    /// One that loses its CPU between two looks, for as long as it takes to be noticed.
    bool look_and_lose_the_cpu() {
        looks_ = 0;
        return look_.look(1us, [this] {
            const auto until = std::chrono::steady_clock::now() + 50us;
            while (looks_ == 0 && std::chrono::steady_clock::now() < until) {
            }
            return ++looks_ == 2;
        });
    }
    bool look_for_nothing() {
        looks_ = 0;
        return look_.look(10'000h, [this] { return ++looks_ == 1'000; }); // so long that no machine is too slow
    }

    brief_look look_;
    int looks_ = 0;
};

TEST_F(brief_look_test, sees_at_once_what_is_there) {
    EXPECT_TRUE(look_.look(0ns, [] { return true; }));
    EXPECT_FALSE(look_.look(0ns, [] { return false; }));
}

TEST_F(brief_look_test, looks_again_and_again) {
    EXPECT_TRUE(look_for_nothing());
    EXPECT_EQ(looks_, 1'000);
    EXPECT_TRUE(look_for_nothing()); // that took long, but not longer than allowed
}

TEST_F(brief_look_test, leaves_out_more_and_more_looks_while_others_need_the_cpu) {
    for (const int left_out : {1, 3, 7, 15, 31, 63, 63}) {
        look_and_lose_the_cpu();
        for (int i = 0; i != left_out; ++i) {
            EXPECT_FALSE(look_for_nothing());
            EXPECT_EQ(looks_, 1); // what is there is seen, but nobody waits for it
        }
    }
    EXPECT_TRUE(look_for_nothing()); // that one kept the CPU
    EXPECT_TRUE(look_for_nothing());
    look_and_lose_the_cpu();
    EXPECT_FALSE(look_for_nothing());
    EXPECT_TRUE(look_for_nothing());
}

} // namespace
} // namespace penstock::os

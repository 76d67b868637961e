// SPDX-License-Identifier: MIT
// Some tests use pools of processes, whose workers are this program.
#include <penstock/penstock.hpp>

#include <gtest/gtest.h>

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}

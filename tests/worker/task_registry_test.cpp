// SPDX-License-Identifier: MIT
#include "worker/task_registry.hpp"

#include <gtest/gtest.h>

#include <string>

namespace penstock::test {
namespace {

std::string problem_with(const worker::task_registry& registry, std::uint32_t number) {
    try {
        static_cast<void>(registry.find(number));
        return "none";
    } catch (const detail::archive_error& e) {
        return e.what();
    }
}

TEST(task_registry, a_number_without_a_name_is_refused) {
    worker::task_registry registry;
    EXPECT_NE(problem_with(registry, 3).find("never told the name of callable 3"), std::string::npos);
}

// The pool tells a name once: the second task of that callable must hear the same as the first.
TEST(task_registry, what_is_wrong_with_a_name_is_said_every_time) {
    worker::task_registry registry;
    wire::task_token unknown;
    unknown.descriptor.path = "/no/such/library.so";
    registry.define(3, unknown);
    for (int i = 0; i != 2; ++i) {
        const std::string problem = problem_with(registry, 3);
        EXPECT_NE(problem.find("(looked for '/no/such/library.so')"), std::string::npos) << problem;
    }
    EXPECT_NE(problem_with(registry, 2).find("never told"), std::string::npos);
}

} // namespace
} // namespace penstock::test

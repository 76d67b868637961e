// SPDX-License-Identifier: MIT
// pool_options.environment: workers start with exactly the variables that it says.
#include "support/pool_test.hpp"

#include <penstock/thread_pool.hpp>

#include <algorithm>
#include <cstdlib>

namespace penstock::test {
namespace {

using variables = std::vector<std::string>;

class process_pool_environment : public pool_test {
protected:
    process_pool_environment() {
        ::setenv("PENSTOCK_TEST_ONE", "1", 1);
        ::setenv("PENSTOCK_TEST_TWO", "a=b", 1);
        ::setenv("PENSTOCK_TEST_EMPTY", "", 1);
    }
    ~process_pool_environment() override {
        for (const char* name : {"PENSTOCK_TEST_ONE", "PENSTOCK_TEST_TWO", "PENSTOCK_TEST_EMPTY", "PENSTOCK_TEST_LATE"})
            ::unsetenv(name);
    }
};

variables sorted(variables all) {
    std::sort(all.begin(), all.end());
    return all;
}

/// As the process was given it: what the program has changed since does not show.
variables all_variables() {
    variables all;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) all.emplace_back(*entry);
    return sorted(all);
}

std::string value_of(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? "(none)" : value;
}

/// What a program that a task starts sees.
std::string value_in_a_shell(const std::string& name) {
    const std::string command = "/bin/sh -c 'printf %s \"$" + name + "\"'";
    FILE* from = ::popen(command.c_str(), "r");
    std::string text(100, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), from));
    ::pclose(from);
    return text;
}

variables of_a_worker(const worker_environment& environment) {
    process_pool pool({.workers = 1, .environment = environment});
    return outcome_of(pool.submit(all_variables));
}

TEST_F(process_pool_environment, is_inherited_unless_told_otherwise) {
    EXPECT_EQ(of_a_worker({}), all_variables());
}

TEST_F(process_pool_environment, clean_leaves_nothing) { EXPECT_EQ(of_a_worker({.mode = environment_mode::clean}), variables{}); }

TEST_F(process_pool_environment, clean_leaves_what_is_set) {
    EXPECT_EQ(of_a_worker({.mode = environment_mode::clean, .set = {{"TZ", "UTC"}, {"B", ""}, {"A", "x=y"}}}),
              (variables{"A=x=y", "B=", "TZ=UTC"}));
}

TEST_F(process_pool_environment, allow_list_leaves_what_it_names_and_no_namesakes) {
    EXPECT_EQ(of_a_worker({.mode = environment_mode::allow_list,
                           .allow = {"PENSTOCK_TEST_TWO", "PENSTOCK_TEST_EMPTY", "PENSTOCK_TEST", "PENSTOCK_TEST_NOT_THERE"}}),
              (variables{"PENSTOCK_TEST_EMPTY=", "PENSTOCK_TEST_TWO=a=b"}));
}

TEST_F(process_pool_environment, set_is_stronger_and_nothing_comes_twice) {
    variables expected = all_variables();
    std::replace(expected.begin(), expected.end(), std::string("PENSTOCK_TEST_ONE=1"), std::string("PENSTOCK_TEST_ONE=new"));
    expected.emplace_back("PENSTOCK_TEST_MORE=2");
    EXPECT_EQ(of_a_worker({.set = {{"PENSTOCK_TEST_ONE", "new"}, {"PENSTOCK_TEST_MORE", "2"}}}), sorted(expected));
    EXPECT_EQ(of_a_worker({.mode = environment_mode::allow_list, .allow = {"PENSTOCK_TEST_ONE"}, .set = {{"PENSTOCK_TEST_ONE", "x"}}}),
              variables{"PENSTOCK_TEST_ONE=x"});
    EXPECT_EQ(value_of("PENSTOCK_TEST_ONE"), "1") << "of this process";
}

TEST_F(process_pool_environment, reaches_what_a_task_starts) {
    process_pool pool({.workers = 1, .environment = {.set = {{"PENSTOCK_TEST_ONE", "for children too"}}}});
    EXPECT_EQ(outcome_of(pool.submit(value_in_a_shell, std::string("PENSTOCK_TEST_ONE"))), "for children too");
}

TEST_F(process_pool_environment, is_that_of_the_moment_when_the_pool_was_made) {
    process_pool pool({.workers = 1});
    ::setenv("PENSTOCK_TEST_ONE", "changed", 1);
    ::setenv("PENSTOCK_TEST_LATE", "late", 1);
    kill_and_wait(outcome_of(pool.submit(own_pid)));
    EXPECT_EQ(outcome_of(pool.submit(value_of, std::string("PENSTOCK_TEST_ONE"))), "1");
    EXPECT_EQ(outcome_of(pool.submit(value_of, std::string("PENSTOCK_TEST_LATE"))), "(none)");
}

TEST_F(process_pool_environment, nonsense_is_refused) {
    const auto refused = [](worker_environment environment) {
        EXPECT_THROW(process_pool({.workers = 1, .environment = std::move(environment)}), std::invalid_argument);
    };
    refused({.allow = {"PATH"}}); // without allow_list
    refused({.mode = environment_mode::clean, .allow = {"PATH"}});
    refused({.mode = environment_mode::allow_list, .allow = {""}});
    refused({.mode = environment_mode::allow_list, .allow = {"A=B"}});
    refused({.set = {{"", "x"}}});
    refused({.set = {{"A=B", "x"}}});
    refused({.set = {{std::string("A\0B", 3), "x"}}});
    refused({.set = {{"A", std::string("x\0y", 3)}}});
}

TEST(thread_pool_environment, is_refused) {
    EXPECT_THROW(thread_pool({.workers = 1, .environment = {.mode = environment_mode::clean}}), std::invalid_argument);
    EXPECT_THROW(thread_pool({.workers = 1, .environment = {.set = {{"A", "1"}}}}), std::invalid_argument);
}

} // namespace
} // namespace penstock::test

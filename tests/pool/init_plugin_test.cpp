// SPDX-License-Identifier: MIT
// Pools in a library that a program of somebody else has loaded.
#include "support/child_program.hpp"
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"

#include <penstock/init.hpp>

#include <filesystem>

namespace penstock::test {
namespace {

const std::string host = std::string(PENSTOCK_CHILDREN_DIR) + "/test_host";
const std::string plugin = std::string(PENSTOCK_CHILDREN_DIR) + "/test_plugin.so";
const std::string worker = PENSTOCK_WORKER_PROGRAM;

class init_plugin_test : public pool_test {};

TEST_F(init_plugin_test, a_library_has_workers_in_a_foreign_program) {
    child_program started(host, {plugin, worker});
    EXPECT_EQ(started.exit_status(), 0) << started.output();
    EXPECT_EQ(started.output(), "");
}

TEST_F(init_plugin_test, relative_paths_will_do) {
    child_program started(host, {std::filesystem::relative(plugin).string(), std::filesystem::relative(worker).string()});
    EXPECT_EQ(started.exit_status(), 0) << started.output();
}

TEST_F(init_plugin_test, a_library_has_workers_in_python) {
    if (with_sanitizer) GTEST_SKIP() << "a program built without the sanitizer cannot load a library built with it";
    const std::string python = "/usr/bin/env";
    if (child_program(python, {"python3", "-c", "import ctypes"}).exit_status() != 0)
        GTEST_SKIP() << "no python3 with ctypes here";
    const std::string script =
        "import ctypes, sys; sys.exit(ctypes.CDLL(sys.argv[1]).use_penstock(sys.argv[2].encode()))";
    child_program started(python, {"python3", "-c", script, plugin, worker});
    EXPECT_EQ(started.exit_status(), 0) << started.output();
    EXPECT_EQ(started.output(), "");
}

TEST_F(init_plugin_test, a_worker_program_that_is_not_there_is_a_start_error) {
    child_program started(host, {plugin, "/no/such/worker"});
    EXPECT_EQ(started.exit_status(), 100);
    EXPECT_NE(started.output().find("'/no/such/worker'"), std::string::npos) << started.output();
}

TEST_F(init_plugin_test, a_worker_program_that_is_another_one_breaks_the_pool) {
    child_program started(host, {plugin, "/bin/true"});
    EXPECT_EQ(started.exit_status(), 100);
    EXPECT_NE(started.output().find("workers die before they are ready"), std::string::npos) << started.output();
}

TEST_F(init_plugin_test, a_program_is_no_library) {
    EXPECT_THROW(init_plugin(worker), std::logic_error);
    process_pool pool{{.workers = 1}};
    expect_works(pool);
}

TEST_F(init_plugin_test, the_worker_program_says_what_is_wrong) {
    const auto said = [](std::vector<std::string> arguments) {
        child_program started(worker, std::move(arguments));
        EXPECT_EQ(started.exit_status(), 123);
        return started.output();
    };
    EXPECT_NE(said({}).find("a pool starts this program"), std::string::npos);
    EXPECT_NE(said({"/no/such/library.so", "--penstock-worker=1"}).find("/no/such/library.so"), std::string::npos);
    EXPECT_NE(said({"libm.so.6", "--penstock-worker=1"}).find("does not export"), std::string::npos);
    EXPECT_NE(said({plugin, "--help"}).find("not a worker's argument"), std::string::npos);
    EXPECT_NE(said({plugin, "--penstock-worker=1"}).find("for the pool's own use"), std::string::npos);
}

} // namespace
} // namespace penstock::test

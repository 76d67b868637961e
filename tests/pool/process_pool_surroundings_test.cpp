// SPDX-License-Identifier: MIT
// Pools in odd surroundings: inside workers, in a forked child, in static variables, without standard streams, and in
// programs that are killed or forgot init.
#include "support/child_program.hpp"
#include "support/pool_test.hpp"
#include "tally.hpp"

#include <csignal>
#include <fstream>

namespace penstock::test {
namespace {

std::vector<int> nested(int depth, int x) {
    process_pool pool{{.workers = 1}};
    if (depth == 1) return {outcome_of(pool.submit(twice, x))};
    std::vector<int> result = outcome_of(pool.submit(nested, depth - 1, x));
    result.push_back(outcome_of(pool.submit(twice, depth)));
    return result;
}
/// The worker dies with a pool of its own, whose workers are to go with it.
void die_with_a_pool(const std::string& arrived) {
    process_pool pool{{.workers = 2}};
    const arrivals held;
    const gate never;
    auto first = pool.submit(stay, held.path(), never.path());
    auto second = pool.submit(stay, held.path(), never.path());
    for (int i = 0; i != 2; ++i) arrivals::announce(arrived, held.next());
    ::raise(SIGKILL);
}
void kill_a_worker_of_its_own() {
    process_pool pool{{.workers = 1}};
    pool.submit(::_exit, 3).get();
}

class process_pool_surroundings : public pool_test {
protected:
    /// The workers of a program, once it says that they are there.
    static std::set<pid_t> workers_of(child_program& program, const std::string& sign = "ready") {
        program.wait_for(sign);
        EXPECT_TRUE(eventually([&] { return children_of(program.pid()).size() == 3; }));
        return children_of(program.pid());
    }
    static void expect_gone(const std::set<pid_t>& workers) {
        for (const pid_t pid : workers)
            EXPECT_TRUE(eventually([pid] { return !lives(pid); }, std::chrono::seconds(1))) << pid << " lives on";
    }
};

TEST_F(process_pool_surroundings, pools_in_workers) {
    process_pool pool{{.workers = 2}};
    EXPECT_EQ(outcome_of(pool.submit(nested, 1, 21)), (std::vector<int>{42}));
    EXPECT_EQ(outcome_of(pool.submit(nested, 2, 21)), (std::vector<int>{42, 4}));
    EXPECT_EQ(outcome_of(pool.submit(nested, 3, 21)), (std::vector<int>{42, 4, 6}));
    expect_works(pool);
}

TEST_F(process_pool_surroundings, pools_in_workers_have_a_depth_limit) {
    process_pool pool{{.workers = 1}};
    auto too_deep = pool.submit(nested, 20, 1);
    EXPECT_NE(std::string(error_of<remote_exception>(too_deep).what()).find("nested"), std::string::npos);
}

TEST_F(process_pool_surroundings, an_error_of_a_pool_in_a_worker_is_not_one_of_the_outer_pool) {
    process_pool pool{{.workers = 1}};
    const auto e = error_of<remote_exception>(pool.submit(kill_a_worker_of_its_own));
    EXPECT_NE(e.type_name.find("worker_died"), std::string::npos) << e.type_name;
    expect_works(pool);
}

TEST_F(process_pool_surroundings, the_workers_of_a_dead_worker_go_with_it) {
    const arrivals there;
    process_pool pool{{.workers = 1}};
    auto lost = pool.submit(die_with_a_pool, there.path());
    const std::set<pid_t> below{there.next(), there.next()};
    error_of<worker_died>(lost);
    expect_gone(below);
    expect_works(pool);
}

TEST_F(process_pool_surroundings, in_a_forked_child_the_pool_is_dead_and_in_the_parent_it_works) {
    process_pool pool{{.workers = 2}};
    const arrivals there;
    const gate release;
    auto held = pool.submit(stay, there.path(), release.path());
    there.next();
    const pid_t child = ::fork();
    if (child == 0) { // nothing here may wait for a thread: there is only this one
        ::alarm(20);
        int wrong = 0;
        try {
            static_cast<void>(pool.submit(twice, 1));
            wrong |= 1;
        } catch (const pool_closed&) {
        } catch (...) {
            wrong |= 2;
        }
        if (held.cancel()) wrong |= 4;
        try {
            held.wait();
            wrong |= 8;
        } catch (const pool_closed&) {
        }
        if (pool.stats().running != 0 || pool.workers() != 0 || !pool.broadcast(twice, 1).empty()) wrong |= 16;
        pool.wait_idle();
        pool.shutdown(shutdown_mode::kill);
        pool.~process_pool();
        ::_exit(wrong);
    }
    int status = -1;
    EXPECT_TRUE(eventually([&] { return ::waitpid(child, &status, WNOHANG) == child; }));
    EXPECT_EQ(status, 0);
    EXPECT_FALSE(held.ready());
    release.open();
    outcome_of(held);
    expect_works(pool);
}

TEST_F(process_pool_surroundings, a_killed_program_takes_its_idle_workers_with_it) {
    child_program program("pool_owner", {"idle"});
    const auto workers = workers_of(program);
    ::kill(program.pid(), SIGKILL);
    expect_gone(workers);
}

TEST_F(process_pool_surroundings, a_killed_program_takes_its_busy_workers_with_it) {
    child_program program("pool_owner", {"busy"});
    const auto workers = workers_of(program);
    ::kill(program.pid(), SIGKILL);
    expect_gone(workers);
}

TEST_F(process_pool_surroundings, a_killed_program_takes_its_starting_workers_with_it) {
    child_program program("pool_owner", {"starting"});
    const auto workers = workers_of(program);
    ::kill(program.pid(), SIGKILL);
    expect_gone(workers);
}

TEST_F(process_pool_surroundings, workers_that_start_after_the_program_was_killed_end_themselves) {
    const gate release;
    child_program program("pool_owner", {"constructing", release.path()});
    const auto workers = workers_of(program);
    ::kill(program.pid(), SIGKILL);
    program.wait();
    release.open();
    expect_gone(workers);
}

TEST_F(process_pool_surroundings, ctrl_c_leaves_the_workers_alone) {
    const gate release;
    child_program program("pool_owner", {"interrupted", release.path()});
    const auto before = workers_of(program);
    for (int i = 0; i != 3; ++i) ASSERT_EQ(::kill(-program.pid(), SIGINT), 0);
    release.open();
    EXPECT_EQ(program.exit_status(), 0) << program.output();
    EXPECT_NE(program.output().find("ready\nready"), std::string::npos) << program.output();
    expect_gone(before);
}

TEST_F(process_pool_surroundings, ctrl_c_that_ends_the_program_ends_its_workers_and_runs_no_more_of_its_queue) {
    const tally marks;
    child_program program("pool_owner", {"queued", marks.path()});
    const auto workers = workers_of(program);
    ASSERT_EQ(::kill(-program.pid(), SIGINT), 0);
    EXPECT_EQ(program.exit_status(), -SIGINT);
    expect_gone(workers);
    EXPECT_EQ(marks.count(), 0u);
}

/// Whether a process has a handler for a signal: neither its default, which would end it, nor SIG_IGN, which what it
/// starts would inherit.
bool catches(pid_t pid, int signal) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("SigCgt:")) return (std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1) != 0;
    return false;
}

TEST_F(process_pool_surroundings, workers_catch_interrupts) {
    child_program program("pool_owner", {"idle"});
    const auto all = workers_of(program);
    EXPECT_EQ(all.size(), 3u);
    for (const pid_t pid : all) EXPECT_TRUE(eventually([&] { return catches(pid, SIGINT); })) << pid;
}

TEST_F(process_pool_surroundings, a_program_that_forgot_init_ends_with_a_clear_error_and_runs_once) {
    const tally runs;
    child_program program("without_init", {runs.path()});
    EXPECT_EQ(program.exit_status(), -SIGABRT); // an exception that nobody catches
    EXPECT_NE(program.output().find("penstock::init(argc, argv)"), std::string::npos) << program.output();
    EXPECT_EQ(runs.count(), 1u);
}

TEST_F(process_pool_surroundings, a_worker_started_by_hand_says_what_it_is) {
    child_program program("closed_streams", {"--penstock-worker=1"});
    EXPECT_NE(program.output().find("--penstock-worker=1"), std::string::npos) << program.output();
    EXPECT_NE(program.output().find("worker"), std::string::npos) << program.output();
    EXPECT_EQ(program.exit_status(), 123);
}

TEST_F(process_pool_surroundings, what_only_looks_like_a_workers_argument_is_the_programs_own) {
    for (const std::string argument : {"--penstock-worker=", "--penstock-worker=x", "--penstock-worker=1x", "--penstock-worker=-1"}) {
        child_program program("static_pools", {argument});
        EXPECT_EQ(program.exit_status(), 0) << argument;
        EXPECT_NE(program.output().find("42"), std::string::npos) << program.output();
    }
}

TEST_F(process_pool_surroundings, a_pool_at_namespace_scope_throws_not_initialized) {
    child_program program("static_pools", {"namespace"});
    EXPECT_EQ(program.exit_status(), 0);
    EXPECT_NE(program.output().find("penstock::init(argc, argv)"), std::string::npos) << program.output();
}

TEST_F(process_pool_surroundings, a_pool_in_a_function_local_static_works_and_ends_at_exit) {
    child_program program("static_pools", {"function"});
    program.wait_for("42");
    const auto workers = children_of(program.pid());
    EXPECT_EQ(program.exit_status(), 0);
    for (int i = 0; i != 5; ++i)
        EXPECT_NE(program.output().find("task " + std::to_string(i) + "\n"), std::string::npos) << program.output();
    for (const pid_t pid : workers) EXPECT_FALSE(lives(pid)) << "the program ended before its worker";
}

TEST_F(process_pool_surroundings, without_standard_streams_all_works) {
    child_program program("closed_streams", {}, true);
    EXPECT_EQ(program.exit_status(), 0);
}

} // namespace
} // namespace penstock::test

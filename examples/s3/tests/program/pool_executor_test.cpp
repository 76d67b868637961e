// SPDX-License-Identifier: MIT
// Jobs in pools, with work that only pretends: batches, and workers that die of a job.
#include "program/pool_executor.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <map>

namespace s3_program::test {
namespace {

std::vector<report> sizes(const work_order& order, const std::vector<job>& jobs) {
    std::vector<report> reports(jobs.size());
    for (std::size_t i = 0; i != jobs.size(); ++i) {
        if (jobs[i].key.ends_with("poison")) std::raise(SIGKILL);
        reports[i].calc_size = jobs[i].key.size();
        reports[i].size = jobs.size();
        reports[i].error = order.keys.access_key_id;
    }
    return reports;
}

job named(const std::string& key) {
    job one;
    one.bucket = "b";
    one.key = key;
    return one;
}

// Ends the test when it takes too long; ctest's own limit is the last resort.
std::map<std::string, report> finish(executor& where, std::size_t count) {
    std::map<std::string, report> rows;
    where.flush();
    for (int turn = 0; rows.size() != count && turn != 600; ++turn) {
        for (finished_job& one : where.wait(std::chrono::milliseconds(100))) {
            EXPECT_TRUE(rows.emplace(one.what.key, one.how).second) << one.what.key << " came twice";
        }
    }
    EXPECT_EQ(rows.size(), count);
    return rows;
}

using processes = pool_executor<penstock::process_pool>;
using threads = pool_executor<penstock::thread_pool>;

TEST(pool_executor, jobs_one_by_one_in_processes_and_threads) {
    processes in_processes(2, work_order{}, sizes, batching{});
    threads in_threads(2, work_order{}, sizes, batching{});
    for (executor* where : {static_cast<executor*>(&in_processes), static_cast<executor*>(&in_threads)}) {
        std::size_t started = 0;
        for (; where->wants_more(); ++started) where->start(named(std::string(started, 'x')));
        EXPECT_EQ(started, 8U);
        for (const auto& [key, how] : finish(*where, started)) {
            EXPECT_EQ(how.calc_size, key.size());
            EXPECT_EQ(how.size, 1U);
        }
        EXPECT_TRUE(where->wants_more());
    }
}

TEST(pool_executor, batches_end_with_their_folder) {
    threads where(1, work_order{}, sizes, batching{.jobs = 3, .by_folder = true});
    for (const char* key : {"a/1", "a/2", "b/1", "b/2", "b/3", "b/4"}) where.start(named(key));
    std::map<std::string, report> rows = finish(where, 6);
    EXPECT_EQ(rows["a/1"].size, 2U);
    EXPECT_EQ(rows["b/1"].size, 3U);
    EXPECT_EQ(rows["b/4"].size, 1U);
}

TEST(pool_executor, new_credentials_are_for_later_jobs) {
    threads where(1, work_order{}, sizes, batching{});
    where.use({"second", "", ""});
    where.start(named("k"));
    EXPECT_EQ(finish(where, 1)["k"].error, "second");
}

TEST(pool_executor, a_job_that_kills_its_workers_is_named_and_the_others_are_done) {
    for (const std::size_t batch : {1U, 4U}) {
        processes where(2, work_order{}, sizes, batching{.jobs = batch});
        for (const char* key : {"1", "2", "the poison", "4", "5", "6"}) where.start(named(key));
        std::map<std::string, report> rows = finish(where, 6);
        EXPECT_EQ(rows["the poison"].how, outcome::failed);
        EXPECT_NE(rows["the poison"].error.find("worker_lost"), std::string::npos)
            << rows["the poison"].error;
        EXPECT_NE(rows["the poison"].error.find("GET s3://b/the poison"), std::string::npos)
            << rows["the poison"].error;
        rows.erase("the poison");
        for (const auto& [key, how] : rows) EXPECT_EQ(how.how, outcome::done) << key << ": " << how.error;
        EXPECT_GE(where.workers_lost(), batch == 1 ? 3U : 4U);
    }
}

std::vector<report> keys_in_environment(const work_order&, const std::vector<job>& jobs) {
    std::vector<report> reports(jobs.size());
    for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})
        reports[0].size += std::getenv(name) != nullptr ? 1U : 0U;
    reports[0].calc_size = std::getenv("PENSTOCK_S3_TEST") != nullptr ? 1U : 0U;
    return reports;
}

TEST(pool_executor, no_credentials_in_the_environment_of_workers) {
    for (const char* name :
         {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "PENSTOCK_S3_TEST"})
        ::setenv(name, "something", 1);
    processes where(1, work_order{}, keys_in_environment, batching{});
    where.start(named("k"));
    const report found = finish(where, 1)["k"];
    EXPECT_EQ(found.size, 0U);
    EXPECT_EQ(found.calc_size, 1U);
    for (const char* name :
         {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "PENSTOCK_S3_TEST"})
        ::unsetenv(name);
}

TEST(pool_executor, abandoned_jobs_never_come_back) {
    processes where(1, work_order{}, sizes, batching{});
    where.start(named("k"));
    where.abandon();
    EXPECT_TRUE(where.wait(std::chrono::milliseconds(0)).size() <= 1);
}

}  // namespace
}  // namespace s3_program::test

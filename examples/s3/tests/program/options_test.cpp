// SPDX-License-Identifier: MIT
#include "program/options.hpp"

#include "text_files.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace s3_program::test {
namespace {

class options_test : public testing::Test {
protected:
    options_test() {
        for (const char* name :
             {"MODE", "CONCURRENCY", "TAG", "BUCKET_NAME", "RESULT_BUCKET_NAME", "AWS_ENDPOINT_URL",
              "AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_DEFAULT_REGION"}) {
            ::unsetenv(name);
        }
        ::setenv("AWS_CONFIG_FILE", "/nowhere/config", 1);
    }
    ~options_test() override {
        for (const char* name : {"MODE", "CONCURRENCY", "TAG", "BUCKET_NAME", "RESULT_BUCKET_NAME"})
            ::unsetenv(name);
    }

    static options read(std::vector<const char*> words) {
        words.insert(words.begin(), "penstock-s3");
        const parsed result = read_options(static_cast<int>(words.size()), words.data());
        EXPECT_FALSE(result.exit_status);
        return result.wanted;
    }
    static std::string refusal(std::vector<const char*> words) {
        words.insert(words.begin(), "penstock-s3");
        testing::internal::CaptureStderr();
        const parsed result = read_options(static_cast<int>(words.size()), words.data());
        EXPECT_EQ(result.exit_status, 2);
        return testing::internal::GetCapturedStderr();
    }
};

TEST_F(options_test, defaults) {
    const options o = read({"list", "s3://b/p"});
    EXPECT_EQ(o.what, command::list);
    EXPECT_EQ(o.run.how, mode::process);
    EXPECT_EQ(o.from, (s3_url{"b", "p"}));
    EXPECT_EQ(o.csv, "result_list_process_" + std::to_string(workers_of(o.run)) + ".csv");
    EXPECT_EQ(o.upload, "");
}

TEST_F(options_test, the_environment_of_the_article) {
    ::setenv("MODE", "thread", 1);
    ::setenv("CONCURRENCY", "8", 1);
    ::setenv("TAG", "2vcpu", 1);
    ::setenv("BUCKET_NAME", "objects", 1);
    ::setenv("RESULT_BUCKET_NAME", "results", 1);
    const options o = read({"list"});
    EXPECT_EQ(o.from, (s3_url{"objects", ""}));
    EXPECT_EQ(o.run.how, mode::thread);
    EXPECT_EQ(o.run.workers, 8U);
    EXPECT_EQ(o.csv, "result_2vcpu_thread_8.csv");
    EXPECT_EQ(o.upload, "s3://results/result_2vcpu_thread_8.csv");
    const options async = read({"list", "--mode", "async"});
    EXPECT_EQ(async.run.concurrency, 8U);
    EXPECT_EQ(async.csv, "result_2vcpu_async_8.csv");
    const options typed =
        read({"list", "s3://other", "--mode", "process+async", "--workers", "2", "--concurrency", "5"});
    EXPECT_EQ(typed.from.bucket, "other");
    EXPECT_EQ(typed.csv, "result_2vcpu_process+async_2x5.csv");
}

TEST_F(options_test, roles) {
    EXPECT_EQ(read({"fetch", "s3://b", "--keys", "f", "--role", "arn:x"}).role, "arn:x");
    const options each = read({"fetch", "s3://b", "--keys", "f", "--role", "arn:x", "--role-per-worker"});
    EXPECT_EQ(each.role, "");
    EXPECT_EQ(each.run.worker_role, "arn:x");
    EXPECT_NE(refusal({"fetch", "s3://b", "--keys", "f", "--role-per-worker"}).find("--role"),
              std::string::npos);
}

TEST_F(options_test, copies_go_to_folders) {
    const options o = read(
        {"copy", "s3://a/2024", "s3://b/x", "--nested", "--multipart-over", "5MiB", "--part-size", "1000", "--small-parts"});
    EXPECT_EQ(o.from.key, "2024/");
    EXPECT_EQ(o.to.key, "x/");
    EXPECT_TRUE(o.run.nested);
    EXPECT_EQ(o.run.concurrency, 4U);
    EXPECT_EQ(o.run.parts.single_copy, 5U << 20U);
    EXPECT_EQ(o.run.parts.copy_part, 1000U);
}

TEST_F(options_test, put_takes_its_target_last) {
    const options o = read({"put", "one", "two", "s3://b/x"});
    EXPECT_EQ(o.files, (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(o.to, (s3_url{"b", "x/"}));
}

TEST_F(options_test, mistakes_are_explained) {
    EXPECT_NE(refusal({}).find("no command"), std::string::npos);
    EXPECT_NE(refusal({"lits", "s3://b"}).find("lits"), std::string::npos);
    EXPECT_NE(refusal({"list"}).find("BUCKET_NAME"), std::string::npos);
    EXPECT_NE(refusal({"list", "bucket"}).find("s3://bucket/prefix"), std::string::npos);
    EXPECT_NE(refusal({"list", "s3://b", "--mode", "fast"}).find("process+async"), std::string::npos);
    EXPECT_NE(refusal({"list", "s3://b", "--workers", "0"}).find("from 1 to"), std::string::npos);
    EXPECT_NE(refusal({"list", "s3://b", "--workers", "-1"}).find("from 1 to"), std::string::npos);
    EXPECT_NE(refusal({"list", "s3://b", "--mode", "async", "--workers", "2"}).find("has none"),
              std::string::npos);
    EXPECT_NE(refusal({"list", "s3://b", "--concurrency", "2"}).find("one connection"), std::string::npos);
    EXPECT_NE(refusal({"list", "s3://b", "--csv", ""}).find("empty"), std::string::npos);
    EXPECT_NE(refusal({"copy", "s3://b", "s3://b/x"}).find("lie among"), std::string::npos);
    EXPECT_NE(refusal({"copy", "s3://a", "s3://b", "--nested", "--mode", "thread"}).find("--nested"),
              std::string::npos);
    EXPECT_NE(refusal({"put", "one", "two"}).find("s3://"), std::string::npos);
    EXPECT_NE(refusal({"put", "a/x", "c/x", "s3://b"}).find("a/x and c/x"), std::string::npos);
    for (const char* size : {"4MiB", "6GiB"})
        EXPECT_NE(refusal({"put", "one", "s3://b", "--part-size", size}).find("--part-size"), std::string::npos);
    for (const std::vector<const char*>& words :
         {std::vector{"put", "one", "s3://b"}, std::vector{"copy", "s3://a", "s3://b"}}) {
        std::vector<const char*> more = words;
        more.insert(more.end(), {"--multipart-over", "5368709121"});
        EXPECT_NE(refusal(more).find("--multipart-over: S3 takes 5 GiB"), std::string::npos);
        more.back() = "5GiB";
        EXPECT_EQ(std::max(read(more).run.parts.single_put, read(more).run.parts.single_copy), 5ULL << 30U);
    }
    EXPECT_NE(refusal({"list", "s3://b", "--endpoint", "ftp://x"}).find("http://"), std::string::npos);
}

TEST_F(options_test, a_variable_that_is_wrong_is_named) {
    ::setenv("MODE", "fast", 1);
    EXPECT_NE(refusal({"list", "s3://b"}).find("MODE: \"fast\""), std::string::npos);
    ::unsetenv("MODE");
    ::setenv("CONCURRENCY", "abc", 1);
    EXPECT_NE(refusal({"list", "s3://b"}).find("CONCURRENCY: \"abc\""), std::string::npos);
    EXPECT_NE(refusal({"list", "s3://b", "--mode", "async"}).find("CONCURRENCY: \"abc\""), std::string::npos);
}

TEST_F(options_test, the_region_is_that_of_the_profile_unless_another_is_given) {
    const text_file config("[profile night]\nregion = eu-west-3\n[profile odd]\nregion = a/b\n");
    ::setenv("AWS_CONFIG_FILE", config.name().c_str(), 1);
    EXPECT_EQ(read({"list", "s3://b"}).run.client.region, "us-east-1");
    EXPECT_EQ(read({"list", "s3://b", "--profile", "night"}).run.client.region, "eu-west-3");
    EXPECT_EQ(read({"list", "s3://b", "--profile", "night", "--region", "us-west-2"}).run.client.region, "us-west-2");
    EXPECT_NE(refusal({"list", "s3://b", "--profile", "odd"}).find("a/b"), std::string::npos);
}

TEST_F(options_test, patience_is_in_seconds) {
    const s3::client_settings usual = read({"list", "s3://b"}).run.client;
    EXPECT_EQ(usual.connect_timeout, s3::client_settings().connect_timeout);
    EXPECT_EQ(usual.stall_timeout, s3::client_settings().stall_timeout);
    const s3::client_settings other =
        read({"sweep", "s3://b", "--verb", "list", "--connect-timeout", "2", "--stall-timeout", "90"}).run.client;
    EXPECT_EQ(other.connect_timeout, std::chrono::seconds(2));
    EXPECT_EQ(other.stall_timeout, std::chrono::seconds(90));
    for (const char* option : {"--connect-timeout", "--stall-timeout"}) {
        for (const char* wrong : {"0", "-1", "3601", "soon"})
            EXPECT_NE(refusal({"list", "s3://b", option, wrong}).find(option), std::string::npos) << wrong;
    }
}

TEST_F(options_test, ways_to_name_the_bucket) {
    EXPECT_EQ(read({"list", "s3://b", "--virtual-host"}).run.client.style, s3::addressing::virtual_host);
    EXPECT_EQ(read({"list", "s3://b", "--path-style"}).run.client.style, s3::addressing::path);
    EXPECT_NE(refusal({"list", "s3://b", "--virtual-host", "--path-style"}), "");
}

TEST_F(options_test, files_that_cannot_be_written_are_found_before_the_run) {
    EXPECT_NE(refusal({"list", "s3://b", "--csv", "no/such/folder/x"}).find("no/such/folder/x"), std::string::npos);
    EXPECT_NE(refusal({"list", "s3://b", "--json", "/"}).find("--json"), std::string::npos);
    EXPECT_NE(refusal({"list", "s3://b", "--plot", "no/such/x.svg"}).find("--plot: cannot write"), std::string::npos);
    EXPECT_NE(refusal({"list", "s3://b", "--csv", "-"}).find("--csv"), std::string::npos);
    EXPECT_NE(refusal({"list", "s3://b", "--json", "-"}).find("--json"), std::string::npos);
    EXPECT_NE(refusal({"list", "s3://b", "--csv", "x", "--json", "./x"}).find("same file"), std::string::npos);
    EXPECT_EQ(read({"list", "s3://b", "--csv", "/dev/null"}).csv, "/dev/null");
}

}  // namespace
}  // namespace s3_program::test
